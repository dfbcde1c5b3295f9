// RelatedPerson: contacts of a patient. Its id is the patient's and the person's: one
// person may be the contact of several patients.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/take.h"

#define ROLES "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
#define CHANGED "coalesce(p.updated_at, p.created_at)"
#define QUERY(head)                                                                    \
  "SELECT c.person, c.patient, " CHANGED                                               \
  ", c.person, '', c.relation, (SELECT value"                                          \
  " FROM identity i WHERE i.person=c.person AND i.kind='name' LIMIT 1) FROM contact c" \
  " JOIN patient p ON p.id=c.patient WHERE c.patient=?4 AND c.relation<>'self' "       \
  "AND " head                                                                          \
  FHIR_CHANGED(CHANGED) " AND " FHIR_ACCESS("c.patient") FHIR_PAGE("c.person")

enum { RELATION = 5, NAME };

// The first code is the one that is shown.
static const struct {
  const char *relation, *codes[9];
} relations[] = {
    {"spouse", {"SPS", "HUSB", "WIFE", "DOMPART"}},
    {"child", {"CHILD", "SON", "DAU", "SONC", "DAUC", "NCHILD", "CHLDADOPT", "SONINLAW"}},
    {"parent", {"PRN", "MTH", "FTH", "NMTH", "NFTH", "PRNINLAW"}},
    {"sibling", {"SIB", "BRO", "SIS", "NBRO", "NSIS"}},
    {"other", {"FAMMEMB", "ONESELF"}}};
enum { RELATIONS = sizeof relations / sizeof *relations };

static const char *code_of(const char *relation) {
  for (size_t i = 0; i < RELATIONS; i++)
    if (!strcmp(relations[i].relation, relation)) return relations[i].codes[0];
  return NULL;
}

static const char *relation_of(const struct value *resource) {
  struct value concept = value_field(resource, "relationship"),
               code = fhir_code(&concept, NULL);
  for (size_t i = 0; i < RELATIONS; i++)
    for (size_t n = 0; n < 9 && relations[i].codes[n]; n++)
      if (value_is(&code, relations[i].codes[n])) return relations[i].relation;
  return code.kind == VALUE_NIL ? NULL : "other";
}

static void show_related_person(struct fhir_show *show, struct stmt *row) {
  json_key(&show->json, "active");
  json_bool(&show->json, true);
  fhir_put_reference(show, "patient", "Patient", 'p', stmt_int(row, 1));
  fhir_put_open(show, "relationship", "[");
  fhir_put_concept(show, NULL, ROLES, code_of(stmt_text(row, RELATION)), NULL);
  fhir_put_close(show, "]");
  fhir_put_name(show, stmt_text(row, NAME));
  fhir_put_telecom(show, stmt_int(row, 0));
}

static int64_t find(struct fhir_taking *taking, int64_t patient, const char *name) {
  return store_int(taking->care->store, 0,
                   "SELECT c.person FROM contact c JOIN identity i ON i.person=c.person "
                   "AND i.kind='name' WHERE c.patient=?1 AND i.value=?2 AND "
                   "c.relation<>'self' LIMIT 1",
                   "it", patient, name);
}

static int tell(struct fhir_taking *taking, const char *mrn, const char *name) {
  struct merge contact = {0}, patient = {0}, event = {0};
  struct buf list = {0};
  size_t begun = value_begin_list(&list);
  merge_text(&contact, "name", name);
  merge_text(&contact, "relation", relation_of(&taking->resource));
  fhir_merge_telecom(&contact, &taking->resource);
  merge_end(&contact, &list);
  value_end(&list, begun, 1);
  merge_encoded(&patient, "contacts", &list);
  buf_deinit(&list);
  return fhir_event_of(taking, "patient", NULL, mrn, &patient, &event);
}

static int take_named(struct fhir_taking *taking, int64_t patient, const char *mrn,
                      const char *name) {
  int64_t before = find(taking, patient, name);
  if (taking->update && (patient != taking->key.patient || before != taking->key.part))
    return fhir_wrong(taking,
                      "RelatedPerson.name: is another person's; a contact is known "
                      "by patient and name, so create the other one");
  if (tell(taking, mrn, name)) return taking->status->code;
  if (!taking->update)
    fhir_made_part(taking, patient, find(taking, patient, name), NULL, before != 0);
  return OK;
}

static int take_related_person(struct fhir_taking *taking) {
  struct value subject = value_field(&taking->resource, "patient"),
               names = value_field(&taking->resource, "name"),
               active = value_field(&taking->resource, "active");
  struct buf mrn = {0}, name = {0};
  int64_t patient = 0;
  fhir_name_read(&names, &name);
  if (active.kind == VALUE_BOOL && !active.boolean)
    fhir_wrong(taking,
               "RelatedPerson.active: a contact can't be taken away here; an event "
               "of kind contact replaces them all");
  else if (!name.len)
    fhir_wrong(taking, "RelatedPerson.name: is missing; a contact is known by it");
  else
    patient = fhir_subject(taking, &subject, "RelatedPerson.patient", &mrn);
  if (patient) take_named(taking, patient, mrn.data, name.data);
  buf_deinit(&mrn);
  buf_deinit(&name);
  return taking->status->code;
}

const struct fhir_type fhir_related_person = {
    .name = "RelatedPerson",
    .kind = 'c',
    .may = FHIR_CREATE | FHIR_UPDATE | FHIR_PEOPLE | FHIR_OF_PATIENT,
    .by_id = QUERY("c.person=?14"),
    .by_patient = QUERY("c.person>?11"),
    .show = show_related_person,
    .take = take_related_person};
