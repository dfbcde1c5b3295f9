#include "care/observation.h"

#include <math.h>
#include <stdio.h>

#include "care/enrollment.h"
#include "care/mapping.h"

static void put_number(struct mapping *map, const char *key, double number) {
  if (!isnan(number)) mapping_real(map, key, number);
}

static void put_body(const struct observation_spec *spec, int64_t row, struct buf *body) {
  struct mapping map = mapping_begin(body);
  if (spec->answer) mapping_int(&map, "answer", spec->answer);
  mapping_text(&map, "code", spec->code);
  if (spec->root) put_number(&map, "corrects", spec->corrects);
  mapping_text(&map, "device", spec->device);
  mapping_text(&map, "flag", spec->flag);
  mapping_text(&map, "given", spec->given);
  put_number(&map, "high", spec->high);
  put_number(&map, "low", spec->low);
  mapping_int(&map, "reading", spec->root ? spec->root : row);
  mapping_text(&map, "text", spec->text);
  mapping_text(&map, "unit", spec->unit);
  put_number(&map, "value", spec->value);
  mapping_end(&map);
}

static void record(struct care *care, const struct observation_spec *spec, int64_t row) {
  struct buf body = {0}, kind = {0};
  struct value view;
  put_body(spec, row, &body);
  value_read(body.data, body.len, &view);
  buf_printf(&kind, "observation:%s", spec->code);
  event_record(care, spec->patient, kind.data, spec->at, 0, 0, &view);
  buf_deinit(&kind);
  buf_deinit(&body);
}

int64_t observation_keep(struct care *care, const struct observation_spec *spec) {
  struct civil day = zone_civil(care_site_zone(care), spec->at);
  char day_text[32];
  snprintf(day_text, sizeof day_text, "%04d-%02d-%02d", (int)day.year, (int)day.month,
           (int)day.day);
  store_exec(care->store,
             "INSERT INTO observation (patient, code, value, unit, at, day, source, "
             "answer, text, reading, root, low, high, flag, given, gone, kept_at, "
             "encounter) VALUES "
             "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)",
             "itdtittIttIddtttiI", spec->patient, spec->code, spec->value, spec->unit,
             spec->at, day_text, spec->source, spec->answer, spec->text, spec->reading,
             spec->root, spec->low, spec->high, spec->flag, spec->given, spec->gone,
             kernel_now(care->kernel), spec->encounter);
  int64_t row = store_last_id(care->store);
  if (!spec->gone) record(care, spec, row);
  return row;
}

static void tell_withdrawn(struct care *care, int64_t row, const char *why) {
  struct buf body = {0};
  struct value view;
  struct stmt *read = store_query(care->store,
                                  "SELECT code, coalesce(root,id), unit, value, patient "
                                  "FROM observation WHERE id=?1",
                                  "i", row);
  if (stmt_row(read)) {
    struct mapping map = mapping_begin(&body);
    mapping_text(&map, "code", stmt_text(read, 0));
    mapping_int(&map, "reading", stmt_int(read, 1));
    mapping_text(&map, "unit", stmt_text(read, 2));
    if (!stmt_null(read, 3)) mapping_real(&map, "value", stmt_real(read, 3));
    mapping_text(&map, "why", why);
    mapping_end(&map);
    value_read(body.data, body.len, &view);
    int64_t patient = stmt_int(read, 4), now = kernel_now(care->kernel);
    event_record(care, patient, "observation-withdrawn", now, 0, 0, &view);
  }
  stmt_done(read);
  buf_deinit(&body);
}

void observation_end(struct care *care, int64_t row, const char *why) {
  store_exec(care->store, "UPDATE observation SET gone=?2, gone_at=?3 WHERE id=?1", "iti",
             row, why, kernel_now(care->kernel));
  if (why[0] != 'c') tell_withdrawn(care, row, why);
}

static double real_or_nan(struct stmt *row, int column) {
  return stmt_null(row, column) ? NAN : stmt_real(row, column);
}

int64_t observation_move(struct care *care, int64_t row, int64_t patient) {
  struct stmt *read =
      store_query(care->store,
                  "SELECT at, code, value, unit, source, text, reading, low, high, flag, "
                  "given FROM observation WHERE id=?1",
                  "i", row);
  int64_t moved = 0;
  if (stmt_row(read))
    moved =
        observation_keep(care, &(struct observation_spec){.patient = patient,
                                                          .at = stmt_int(read, 0),
                                                          .code = stmt_text(read, 1),
                                                          .value = real_or_nan(read, 2),
                                                          .unit = stmt_text(read, 3),
                                                          .source = stmt_text(read, 4),
                                                          .text = stmt_text(read, 5),
                                                          .reading = stmt_text(read, 6),
                                                          .low = real_or_nan(read, 7),
                                                          .high = real_or_nan(read, 8),
                                                          .flag = stmt_text(read, 9),
                                                          .given = stmt_text(read, 10)});
  stmt_done(read);
  return moved;
}

bool observation_counts(struct care *care, int64_t root) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM observation WHERE id=?1 AND gone IS NULL UNION ALL "
                   "SELECT 1 FROM observation first JOIN observation later ON "
                   "later.patient=first.patient AND later.code=first.code AND "
                   "later.root=?1 AND later.gone IS NULL WHERE first.id=?1 LIMIT 1",
                   "i", root);
}

static bool is_taken_back(const struct value *map) {
  struct value status = value_field(map, "status");
  return value_is(&status, "deleted") || value_is(&status, "wrong-patient");
}

int observation_check(const struct value *map, struct status *status) {
  struct value value = value_field(map, "value"), text = value_field(map, "text"),
               low = value_field(map, "low"), high = value_field(map, "high"),
               belongs = value_field(map, "belongs"), why = value_field(map, "status");
  if (value.kind == VALUE_NIL && text.kind == VALUE_NIL && !is_taken_back(map))
    return status_fail(status, ERR_INVALID,
                       "field \"observation.value\": is missing; give a number, or what "
                       "is no number as \"text\"");
  if (low.kind != VALUE_NIL && high.kind != VALUE_NIL &&
      value_real_or(&low, 0) > value_real_or(&high, 0))
    return status_fail(status, ERR_INVALID,
                       "field \"observation.high\": lies below \"low\"; check the "
                       "reference range");
  if (belongs.kind != VALUE_NIL && !value_is(&why, "wrong-patient"))
    return status_fail(status, ERR_INVALID,
                       "field \"observation.belongs\": is for status \"wrong-patient\" "
                       "alone: the number of the patient whose reading it is");
  return OK;
}
