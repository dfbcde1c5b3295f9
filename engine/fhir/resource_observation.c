// Observation: readings. An update corrects, entered-in-error takes back; the id stays
// that of the reading as it came first.
#include <stdlib.h>
#include <string.h>

#include "base/iso.h"
#include "base/mem.h"
#include "care/measure.h"
#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/take.h"

#define KEPT "max(coalesce(o.kept_at, 0), coalesce(o.gone_at, 0))"
#define STATUS                                                                   \
  "CASE WHEN o.gone IS NOT NULL THEN 'entered-in-error' WHEN o.root IS NOT NULL" \
  " THEN 'corrected' ELSE 'final' END"
#define SELECT_                                                                         \
  "SELECT o.id, o.patient, " KEPT ", coalesce(o.root, o.id), '', " STATUS               \
  ", o.code,"                                                                           \
  " o.value, o.unit, o.text, o.at, o.low, o.high, o.flag, o.reading FROM observation o" \
  " WHERE "
#define RULES         \
  FHIR_STATUS(STATUS) \
  FHIR_DATED("o.at") FHIR_CHANGED(KEPT) " AND " FHIR_ACCESS("o.patient")
// What was corrected is not shown beside its correction.
#define QUERY(head) SELECT_ "o.gone IS NOT 'corrected' AND " head RULES FHIR_PAGE("o.id")

enum { STATUS_ = 5, CODE, VALUE, UNIT, TEXT, WHEN, LOW, HIGH, FLAG, READING };

static void put_quantity(struct fhir_show *show, const char *key, struct stmt *row,
                         int column) {
  const char *unit = stmt_text(row, UNIT);
  struct value number = {.kind = VALUE_REAL, .real = stmt_real(row, column)};
  if (stmt_null(row, column)) return;
  fhir_put_open(show, key, "{");
  json_key(&show->json, "value");
  json_value(&show->json, &number);
  fhir_put_text(show, "unit", unit);
  if (unit) {
    fhir_put_text(show, "system", "http://unitsofmeasure.org");
    fhir_put_text(show, "code", unit);
  }
  fhir_put_close(show, "}");
}

static void put_range(struct fhir_show *show, struct stmt *row) {
  if (stmt_null(row, LOW) && stmt_null(row, HIGH)) return;
  fhir_put_open(show, "referenceRange", "[{");
  put_quantity(show, "low", row, LOW);
  put_quantity(show, "high", row, HIGH);
  fhir_put_close(show, "}]");
}

static void put_code(struct fhir_show *show, const char *code) {
  const struct measure *known = measures_find(show->fhir->care->measures, code, NULL);
  fhir_put_open(show, "code", "{");
  fhir_put_open(show, "coding", "[");
  fhir_put_coding(show, NULL, code, known ? known->en : NULL);
  fhir_put_close(show, "]");
  fhir_put_text(show, "text", known ? known->zh : NULL);
  fhir_put_close(show, "}");
}

static void put_reading(struct fhir_show *show, const char *reading) {
  if (!reading) return;
  fhir_put_open(show, "identifier", "[{");
  fhir_put_text(show, "value", reading);
  fhir_put_close(show, "}]");
}

static void put_flag(struct fhir_show *show, const char *flag) {
  if (!flag) return;
  fhir_put_open(show, "interpretation", "[{");
  fhir_put_open(show, "coding", "[");
  fhir_put_coding(show,
                  "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                  flag, NULL);
  fhir_put_close(show, "]}]");
}

static void show_observation(struct fhir_show *show, struct stmt *row) {
  put_reading(show, stmt_text(row, READING));
  fhir_put_text(show, "status", stmt_text(row, STATUS_));
  put_code(show, stmt_text(row, CODE));
  fhir_put_reference(show, "subject", "Patient", 'p', stmt_int(row, 1));
  fhir_put_time(show, "effectiveDateTime", stmt_int(row, WHEN));
  put_quantity(show, "valueQuantity", row, VALUE);
  fhir_put_text(show, "valueString", stmt_text(row, TEXT));
  put_flag(show, stmt_text(row, FLAG));
  put_range(show, row);
}

static struct value time_of(const struct value *resource) {
  static const char *const paths[] = {"effectiveDateTime", "effectivePeriod.start",
                                      "effectiveInstant", "issued"};
  struct value found = {.kind = VALUE_NIL};
  for (size_t i = 0; i < 4 && found.kind == VALUE_NIL; i++)
    found = fhir_at(resource, paths[i]);
  return found;
}

static const char *state_of(const struct value *status, bool update) {
  if (value_is(status, "entered-in-error") || value_is(status, "cancelled"))
    return "deleted";
  if (value_is(status, "preliminary") || value_is(status, "registered"))
    return "preliminary";
  if (update || value_is(status, "corrected") || value_is(status, "amended"))
    return "corrected";
  return value_is(status, "final") ? "final" : NULL;
}

static struct value flag_of(const struct value *part) {
  static const char *const known[] = {"H", "HH", "L", "LL", "A", "AA", "N"};
  struct value list = value_field(part, "interpretation"), code = fhir_code(&list, NULL);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (value_is(&code, known[i])) return code;
  return (struct value){.kind = VALUE_NIL};
}

// "<5" says where it lies, not what it is.
static bool merge_compared(struct merge *out, const struct value *quantity) {
  struct value comparator = value_field(quantity, "comparator"),
               number = value_field(quantity, "value");
  struct buf text = {0};
  bool compared = comparator.kind == VALUE_TEXT && number.kind != VALUE_NIL;
  if (compared) {
    buf_put(&text, comparator.text.data, comparator.text.len);
    buf_printf(&text, "%.15g", value_real_or(&number, 0));
    merge_text(out, "text", text.data);
  }
  buf_deinit(&text);
  return compared;
}

static void merge_value_of(struct merge *out, const struct value *part) {
  struct value quantity = value_field(part, "valueQuantity"),
               number = value_field(&quantity, "value"),
               unit = value_field(&quantity, "code"),
               text = value_field(part, "valueString"),
               concept = value_field(part, "valueCodeableConcept"),
               range = fhir_at(part, "referenceRange.0"),
               low = fhir_at(&range, "low.value"), high = fhir_at(&range, "high.value"),
               flag = flag_of(part);
  if (unit.kind != VALUE_TEXT) unit = value_field(&quantity, "unit");
  if (number.kind == VALUE_NIL) number = value_field(part, "valueInteger");
  if (text.kind == VALUE_NIL) text = fhir_words(&concept);
  if (text.kind == VALUE_NIL) text = fhir_code(&concept, NULL);
  bool compared = merge_compared(out, &quantity);
  if (!compared) merge_value(out, "value", &number);
  merge_value(out, "unit", &unit);
  if (!compared && number.kind == VALUE_NIL) merge_value(out, "text", &text);
  merge_value(out, "low", &low);
  merge_value(out, "high", &high);
  merge_value(out, "flag", &flag);
}

// The code of LOINC, else the first, else the words.
static struct value code_of(const struct value *part) {
  struct value concept = value_field(part, "code"),
               code = fhir_code(&concept, "http://loinc.org");
  if (code.kind == VALUE_NIL) code = fhir_code(&concept, NULL);
  return code.kind == VALUE_NIL ? fhir_words(&concept) : code;
}

static void merge_reading(struct merge *out, struct fhir_taking *taking, int part) {
  struct value list = value_field(&taking->resource, "identifier"),
               number = fhir_identifier(&list, NULL, "");
  struct buf text = {0};
  if (number.kind == VALUE_TEXT) {
    buf_put(&text, number.text.data, number.text.len);
    if (part) buf_printf(&text, "/%d", part);
    merge_text(out, "reading", text.data);
  }
  buf_deinit(&text);
}

static void merge_moment(struct fhir_taking *taking, struct merge *out, int64_t at) {
  char text[ISO_SIZE];
  iso_format(at, care_site_zone(taking->care), text);
  merge_text(out, "at", text);
}

// What came under this id says which reading is meant, whoever sends.
static void merge_known(struct merge *out, struct fhir_taking *taking) {
  struct stmt *row =
      store_query(taking->care->store,
                  "SELECT code, reading, at, source FROM observation WHERE id=?1", "i",
                  taking->key.row);
  if (stmt_row(row)) {
    merge_text(out, "code", stmt_text(row, 0));
    merge_text(out, "reading", stmt_text(row, 1));
    if (stmt_null(row, 1)) merge_moment(taking, out, stmt_int(row, 2));
    taking->source = mem_copy_text(stmt_text(row, 3));
  }
  stmt_done(row);
}

static int tell(struct fhir_taking *taking, const struct value *part, int number,
                const char *mrn, const char *visit) {
  const struct value *resource = &taking->resource;
  struct value status = value_field(resource, "status"), at = time_of(resource),
               code = code_of(part), device = fhir_at(resource, "device.display");
  struct merge observation = {0}, event = {0};
  struct buf map = {0};
  merge_value(&observation, "code", &code);
  merge_value(&observation, "at", &at);
  merge_value(&observation, "device", &device);
  merge_text(&observation, "status", state_of(&status, taking->update));
  merge_value_of(&observation, part);
  merge_reading(&observation, taking, number);
  if (taking->update) merge_known(&observation, taking);
  merge_end(&observation, &map);
  merge_encoded(&event, "observation", &map);
  buf_deinit(&map);
  if (*visit) merge_text(&event, "visit", visit);
  return fhir_event_of(taking, "observation", &at, mrn, NULL, &event);
}

// A panel, such as a blood pressure, is a reading for each component; its first one is
// what the answer names.
static int tell_all(struct fhir_taking *taking, const char *mrn, const char *visit) {
  struct value parts = value_field(&taking->resource, "component"), part;
  struct value_iter iter = value_iterate(&parts);
  int64_t first = 0;
  int number = 0;
  if (!value_count(&parts) || taking->update) {
    if (tell(taking, &taking->resource, 0, mrn, visit)) return taking->status->code;
    first = taking->done.row;
  }
  while (!taking->update && value_next(&iter, NULL, &part)) {
    if (tell(taking, &part, ++number, mrn, visit)) return taking->status->code;
    if (!first) first = taking->done.row;
  }
  if (!taking->update) fhir_made(taking, first, false);
  return OK;
}

static int take_observation(struct fhir_taking *taking) {
  struct value subject = value_field(&taking->resource, "subject"),
               encounter = value_field(&taking->resource, "encounter"),
               status = value_field(&taking->resource, "status");
  struct buf mrn = {0}, visit = {0};
  if (!state_of(&status, taking->update))
    return fhir_wrong(taking,
                      "Observation.status: must be one of registered, "
                      "preliminary, final, amended, corrected, cancelled, "
                      "entered-in-error");
  if (fhir_subject(taking, &subject, "Observation.subject", &mrn) &&
      !fhir_visit(taking, &encounter, "Observation.encounter", &visit))
    tell_all(taking, mrn.data, buf_text(&visit));
  buf_deinit(&mrn);
  buf_deinit(&visit);
  return taking->status->code;
}

const struct fhir_type fhir_observation = {
    .name = "Observation",
    .kind = 'o',
    .may = FHIR_CREATE | FHIR_UPDATE,
    .statuses = "final corrected entered-in-error",
    .dated = "date",
    .dated_at = "o.at",
    .by_id = SELECT_
    "o.patient=(SELECT patient FROM observation WHERE id=?3) AND o.code=(SELECT code FROM"
    " observation WHERE id=?3) AND (o.id=?3 OR o.root=?3)" RULES
    " ORDER BY o.gone='corrected', o.id DESC LIMIT coalesce(?12, ?15)",
    .by_patient = QUERY("o.patient=?4 AND o.id>?11"),
    .walk = QUERY(FHIR_WALK("o.id")),
    .last = "SELECT max(id) FROM observation",
    .show = show_observation,
    .take = take_observation};
