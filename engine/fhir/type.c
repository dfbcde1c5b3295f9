#include "fhir/type.h"

#include <string.h>

const struct fhir_type *const fhir_types[] = {&fhir_patient,
                                              &fhir_encounter,
                                              &fhir_procedure,
                                              &fhir_condition,
                                              &fhir_observation,
                                              &fhir_appointment,
                                              &fhir_related_person,
                                              &fhir_consent,
                                              &fhir_questionnaire,
                                              &fhir_questionnaire_response,
                                              &fhir_communication_request,
                                              &fhir_communication,
                                              &fhir_task,
                                              &fhir_care_plan,
                                              &fhir_subscription,
                                              NULL};

const struct fhir_type *fhir_type_find(const char *name, size_t len) {
  for (const struct fhir_type *const *type = fhir_types; *type; type++)
    if (strlen((*type)->name) == len && !memcmp((*type)->name, name, len)) return *type;
  return NULL;
}
