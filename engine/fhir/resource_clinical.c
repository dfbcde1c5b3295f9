// Procedure and Condition: what was done and found. A name that was known before its code
// gets it; an update corrects it, or takes it back.
#include <stdio.h>
#include <string.h>

#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/take.h"

#define AT "coalesce(c.at, 0)"
#define KEPT "coalesce(c.kept_at, 0)"
#define QUERY(of, head)                                             \
  "SELECT c.id, c.patient, " KEPT                                   \
  ", 0, '', c.encounter, c.code, c.name, c.at, c.withdrawn_at FROM" \
  " clinical c WHERE c.kind='" of "' AND " head                     \
  FHIR_DATED(AT) FHIR_CHANGED(KEPT) " AND " FHIR_ACCESS("c.patient") FHIR_PAGE("c.id")

enum { ENCOUNTER = 5, CODE, NAME, WHEN, WITHDRAWN };

static const char gone[] = "entered-in-error";

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
  fhir_put_text(show, "status", stmt_null(row, WITHDRAWN) ? "completed" : gone);
  put_common(show, row);
  fhir_put_time(show, "performedDateTime", stmt_int(row, WHEN));
}

static void show_condition(struct fhir_show *show, struct stmt *row) {
  put_status(show, "verificationStatus",
             "http://terminology.hl7.org/CodeSystem/condition-ver-status",
             stmt_null(row, WITHDRAWN) ? "confirmed" : gone);
  put_common(show, row);
  fhir_put_time(show, "recordedDate", stmt_int(row, WHEN));
}

struct known {  // what an update is about
  struct buf code, name, visit;
  int64_t patient;
};

static void read_known(struct fhir_taking *taking, struct known *out) {
  struct stmt *row = store_query(taking->care->store,
                                 "SELECT c.patient, c.code, c.name, e.visit FROM "
                                 "clinical c LEFT JOIN encounter e ON "
                                 "e.id=c.encounter WHERE c.id=?1",
                                 "i", taking->key.row);
  if (stmt_row(row)) {
    out->patient = stmt_int(row, 0);
    buf_puts(&out->code, stmt_text(row, 1));
    buf_puts(&out->name, stmt_text(row, 2));
    buf_puts(&out->visit, stmt_text(row, 3) ? stmt_text(row, 3) : "");
  }
  stmt_done(row);
}

static void known_deinit(struct known *known) {
  buf_deinit(&known->code);
  buf_deinit(&known->name);
  buf_deinit(&known->visit);
}

static void put_names(struct merge *item, const struct known *known) {
  if (known->code.len) merge_text(item, "code", buf_text(&known->code));
  if (known->name.len) merge_text(item, "name", buf_text(&known->name));
}

static void put_was(const struct known *known, struct merge *item) {
  struct merge was = {0};
  struct buf names = {0};
  put_names(&was, known);
  merge_end(&was, &names);
  merge_encoded(item, "was", &names);
  buf_deinit(&names);
}

static void put_withdrawn(struct merge *item) {
  struct buf flag = {0};
  value_put_bool(&flag, true);
  merge_encoded(item, "withdrawn", &flag);
  buf_deinit(&flag);
}

// The first coding's code and what people call it; of what is taken back, as it is known.
static void put_item(const struct fhir_taking *taking, const struct known *known,
                     bool withdrawn, const struct value *at, struct merge *out) {
  struct value concept = value_field(&taking->resource, "code"),
               code = fhir_code(&concept, NULL), name = fhir_words(&concept);
  if (withdrawn) {
    put_names(out, known);
    put_withdrawn(out);
    return;
  }
  merge_value(out, "code", &code);
  merge_value(out, "name", &name);
  merge_value(out, "at", at);
  if (taking->update) put_was(known, out);
}

static void put_list(struct merge *item, const char *list, struct merge *event) {
  struct buf items = {0};
  size_t begun = value_begin_list(&items);
  merge_end(item, &items);
  value_end(&items, begun, 1);
  merge_encoded(event, list, &items);
  buf_deinit(&items);
}

struct coding {  // how the type is told of
  const char *kind, *list;
  struct value at;
  bool withdrawn;
};

// An update is of the same stay as what it is about.
static int find_stay(struct fhir_taking *taking, const struct known *known,
                     struct buf *visit) {
  struct value encounter = value_field(&taking->resource, "encounter");
  if (!taking->update) return fhir_visit(taking, &encounter, "encounter", visit);
  buf_put(visit, known->visit.data, known->visit.len);
  return OK;
}

static int take_known(struct fhir_taking *taking, const struct coding *coding,
                      const struct known *known) {
  struct value subject = value_field(&taking->resource, "subject");
  struct buf mrn = {0}, visit = {0};
  struct merge event = {0}, item = {0};
  char element[40];
  snprintf(element, sizeof element, "%s.subject", taking->type->name);
  int64_t patient = fhir_subject(taking, &subject, element, &mrn);
  if (patient && taking->update && patient != known->patient) {
    fhir_wrong(taking, "%s: it is another patient's; take it back here, and send it anew",
               element);
  } else if (patient && !find_stay(taking, known, &visit)) {
    put_item(taking, known, coding->withdrawn, &coding->at, &item);
    put_list(&item, coding->list, &event);
    if (visit.len) merge_text(&event, "visit", visit.data);
    if (!fhir_event_of(taking, coding->kind, &coding->at, mrn.data, NULL, &event))
      fhir_made(taking, taking->update ? taking->key.row : taking->done.row, false);
  }
  buf_deinit(&mrn);
  buf_deinit(&visit);
  return taking->status->code;
}

static int take_coded(struct fhir_taking *taking, const struct coding *coding) {
  struct known known = {0};
  if (taking->update) read_known(taking, &known);
  int code = take_known(taking, coding, &known);
  known_deinit(&known);
  return code;
}

static int take_procedure(struct fhir_taking *taking) {
  struct value status = value_field(&taking->resource, "status"),
               at = value_field(&taking->resource, "performedDateTime"),
               start = fhir_at(&taking->resource, "performedPeriod.start");
  bool withdrawn = value_is(&status, gone) || value_is(&status, "not-done");
  if (!value_is(&status, "completed") && !(withdrawn && taking->update))
    return fhir_wrong(taking,
                      "Procedure.status: only what is completed is taken; PUT one that "
                      "was sent with entered-in-error or not-done to take it back");
  return take_coded(taking,
                    &(struct coding){"procedure", "procedures",
                                     at.kind == VALUE_NIL ? start : at, withdrawn});
}

static int take_condition(struct fhir_taking *taking) {
  struct value concept = value_field(&taking->resource, "verificationStatus"),
               status = fhir_code(&concept, NULL),
               at = value_field(&taking->resource, "recordedDate"),
               onset = value_field(&taking->resource, "onsetDateTime");
  bool withdrawn = value_is(&status, gone) || value_is(&status, "refuted");
  if (withdrawn && !taking->update)
    return fhir_wrong(taking,
                      "Condition.verificationStatus: what is refuted or an error is not "
                      "taken; PUT the one that was sent to take it back");
  return take_coded(taking,
                    &(struct coding){"diagnosis", "diagnoses",
                                     at.kind == VALUE_NIL ? onset : at, withdrawn});
}

const struct fhir_type fhir_procedure = {
    .name = "Procedure",
    .kind = 'k',
    .may = FHIR_CREATE | FHIR_UPDATE,
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
    .may = FHIR_CREATE | FHIR_UPDATE,
    .dated = "recorded-date",
    .dated_at = AT,
    .by_id = QUERY("diagnosis", "c.id=?3"),
    .by_patient = QUERY("diagnosis", "c.patient=?4 AND c.id>?11"),
    .walk = QUERY("diagnosis", FHIR_WALK("c.id")),
    .last = "SELECT max(id) FROM clinical",
    .show = show_condition,
    .take = take_condition};
