// The kinds of resources: what may be done with each, how it becomes events, and how rows
// are shown as one. A file of its own for each, resource_<name>.c.
#pragma once

#include "api/json.h"
#include "fhir/fhir.h"
#include "store/store.h"

enum fhir_may {  // beside read and search
  FHIR_CREATE = 1,
  FHIR_UPDATE = 2,
  FHIR_PEOPLE = 4,      // who looks is kept (WARD 11)
  FHIR_OF_PATIENT = 8,  // found only by its patient
  FHIR_NUMBERED = 16,   // updated by its identifier, too
};

enum { FHIR_ID = 72 };

struct fhir_show {  // rows being shown
  struct fhir *fhir;
  struct json json;  // within an object that is open
  bool masked;       // names and numbers are
};

struct fhir_taking;

// Parameters of every query below, in this order; SQL names those that it needs.
//   ?1 departments of who asks  ?2 now  ?3 row of an id  ?4 patient  ?5 identifier
//   ?6 statuses, a JSON list  ?7 ?8 date from, before  ?9 ?10 changed from, before
//   ?11 rows after this one  ?12 most rows  ?13 rows up to this one  ?14 second part of
//   an id, ?15 its third
// Columns begin with row, patient, changed at, the row that the id names when that is
// another (of FHIR_OF_PATIENT: the id's second part), the id's third part.
struct fhir_type {
  const char *name;
  char kind;  // of public ids
  unsigned may;
  const char *by_id, *by_identifier, *by_patient, *walk;  // NULL: no such search
  const char *last;        // the table's last row: where a walk ends
  const char *identifies;  // the system whose numbers these are: "mrn", "visit"; NULL
  const char *statuses;    // words of the parameter status; NULL: there is none
  const char *dated;       // FHIR's name of the parameter that "date" is, too; NULL
  const char *dated_at;    // SQL of its moment, in the query by_patient; NULL
  void (*show)(struct fhir_show *show, struct stmt *row);
  // Of what are no rows, in the queries' place: offers each, its fields within an object
  // that is open.
  void (*each)(struct fhir *fhir, const char *departments,
               void (*offer)(void *self, const char *id, const struct buf *fields),
               void *self);
  int (*take)(struct fhir_taking *taking);  // NULL: nothing comes in
};

extern const struct fhir_type *const fhir_types[];  // ended by NULL
const struct fhir_type *fhir_type_find(const char *name, size_t len);

extern const struct fhir_type fhir_patient, fhir_encounter, fhir_procedure,
    fhir_condition, fhir_observation, fhir_appointment, fhir_related_person, fhir_consent,
    fhir_questionnaire, fhir_questionnaire_response, fhir_communication_request,
    fhir_communication, fhir_task, fhir_care_plan, fhir_subscription;
