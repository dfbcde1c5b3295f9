// Procedure and Condition: what was done and found. A name that was known before its code
// gets it; nothing is taken back.
#include <stdio.h>
#include <string.h>

#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/take.h"

#define AT "coalesce(c.at, 0)"
#define KEPT "coalesce(c.kept_at, 0)"
#define QUERY(of, head)                             \
  "SELECT c.id, c.patient, " KEPT                   \
  ", 0, '', c.encounter, c.code, c.name, c.at FROM" \
  " clinical c WHERE c.kind='" of "' AND " head     \
  FHIR_DATED(AT) FHIR_CHANGED(KEPT) " AND " FHIR_ACCESS("c.patient") FHIR_PAGE("c.id")

enum { ENCOUNTER = 5, CODE, NAME, WHEN };

static void put_status(struct fhir_show *show, const char *key, const char *system,
                       const char *code) {
  fhir_put_concept(show, key, system, code, NULL);
}

static void put_common(struct fhir_show *show, struct stmt *row) {
  fhir_put_concept(show, "code", NULL, stmt_text(row, CODE), stmt_text(row, NAME));
  fhir_put_reference(show, "subject", "Patient", 'p', stmt_int(row, 1));
  fhir_put_reference(show, "encounter", "Encounter", 'v', stmt_int(row, ENCOUNTER));
}

static void show_procedure(struct fhir_show *show, struct stmt *row) {
  fhir_put_text(show, "status", "completed");
  put_common(show, row);
  fhir_put_time(show, "performedDateTime", stmt_int(row, WHEN));
}

static void show_condition(struct fhir_show *show, struct stmt *row) {
  put_status(show, "verificationStatus",
             "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed");
  put_common(show, row);
  fhir_put_time(show, "recordedDate", stmt_int(row, WHEN));
}

// The first coding's code and what people call it.
static void put_item(const struct value *concept, const struct value *at,
                     struct merge *event, const char *list) {
  struct value code = fhir_code(concept, NULL), name = fhir_words(concept);
  struct merge item = {0};
  struct buf items = {0};
  size_t begun = value_begin_list(&items);
  merge_value(&item, "code", &code);
  merge_value(&item, "name", &name);
  merge_value(&item, "at", at);
  merge_end(&item, &items);
  value_end(&items, begun, 1);
  merge_encoded(event, list, &items);
  buf_deinit(&items);
}

static int take_coded(struct fhir_taking *taking, const char *kind, const char *list,
                      const struct value *at) {
  struct value subject = value_field(&taking->resource, "subject"),
               encounter = value_field(&taking->resource, "encounter"),
               concept = value_field(&taking->resource, "code");
  struct buf mrn = {0}, visit = {0};
  struct merge event = {0};
  char element[40];
  snprintf(element, sizeof element, "%s.subject", taking->type->name);
  if (fhir_subject(taking, &subject, element, &mrn) &&
      !fhir_visit(taking, &encounter, "encounter", &visit)) {
    put_item(&concept, at, &event, list);
    if (visit.len) merge_text(&event, "visit", visit.data);
    if (!fhir_event_of(taking, kind, at, mrn.data, NULL, &event))
      fhir_made(taking, taking->done.row, false);
  }
  buf_deinit(&mrn);
  buf_deinit(&visit);
  return taking->status->code;
}

static int take_procedure(struct fhir_taking *taking) {
  struct value status = value_field(&taking->resource, "status"),
               at = value_field(&taking->resource, "performedDateTime"),
               start = fhir_at(&taking->resource, "performedPeriod.start");
  if (!value_is(&status, "completed"))
    return fhir_wrong(taking,
                      "Procedure.status: only what is completed is taken; one that was "
                      "sent can't be taken back");
  return take_coded(taking, "procedure", "procedures",
                    at.kind == VALUE_NIL ? &start : &at);
}

static int take_condition(struct fhir_taking *taking) {
  struct value concept = value_field(&taking->resource, "verificationStatus"),
               status = fhir_code(&concept, NULL),
               at = value_field(&taking->resource, "recordedDate"),
               onset = value_field(&taking->resource, "onsetDateTime");
  if (value_is(&status, "refuted") || value_is(&status, "entered-in-error"))
    return fhir_wrong(taking,
                      "Condition.verificationStatus: a diagnosis that was sent can't be "
                      "taken back, and one that is refuted is not taken");
  return take_coded(taking, "diagnosis", "diagnoses",
                    at.kind == VALUE_NIL ? &onset : &at);
}

const struct fhir_type fhir_procedure = {
    .name = "Procedure",
    .kind = 'k',
    .may = FHIR_CREATE,
    .dated = "date",
    .dated_at = AT,
    .by_id = QUERY("procedure", "c.id=?3"),
    .by_patient = QUERY("procedure", "c.patient=?4 AND c.id>?11"),
    .walk = QUERY("procedure", FHIR_WALK("c.id")),
    .last = "SELECT max(id) FROM clinical",
    .show = show_procedure,
    .take = take_procedure};

const struct fhir_type fhir_condition = {
    .name = "Condition",
    .kind = 'k',
    .may = FHIR_CREATE,
    .dated = "recorded-date",
    .dated_at = AT,
    .by_id = QUERY("diagnosis", "c.id=?3"),
    .by_patient = QUERY("diagnosis", "c.patient=?4 AND c.id>?11"),
    .walk = QUERY("diagnosis", FHIR_WALK("c.id")),
    .last = "SELECT max(id) FROM clinical",
    .show = show_condition,
    .take = take_condition};
