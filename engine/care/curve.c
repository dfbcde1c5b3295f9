#include "care/curve.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/measure.h"

enum { POINTS_MOST = 400, CODES_MOST = 40, BEFORE_DAYS = 7 };

struct reading {
  struct care *care;
  int64_t patient;
  bool page;
  struct curve *first, **end;
};

void curves_free(struct curve *curves) {
  while (curves) {
    struct curve *next = curves->next;
    char *owned[] = {curves->code,   curves->unit,       curves->zh,     curves->en,
                     curves->source, curves->department, curves->pathway};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mem_free(owned[i]);
    mem_free(curves->points);
    mem_free(curves->bands);
    mem_free(curves);
    curves = next;
  }
}

static bool has_code(const struct reading *reading, const char *code) {
  for (const struct curve *curve = reading->first; curve; curve = curve->next)
    if (!strcmp(curve->code, code)) return true;
  return false;
}

static double real_or_nan(struct stmt *row, int column) {
  return stmt_null(row, column) ? NAN : stmt_real(row, column);
}

static void add_point(struct curve *curve, struct stmt *row) {
  struct curve_point *point = &curve->points[curve->count++];
  point->at = stmt_int(row, 0);
  point->value = stmt_real(row, 1);
  point->low = real_or_nan(row, 2);
  point->high = real_or_nan(row, 3);
  snprintf(point->day, sizeof point->day, "%s", stmt_text(row, 4));
  if (!curve->unit) curve->unit = mem_copy_text(stmt_text(row, 5));
}

static void read_points(struct reading *reading, struct curve *curve) {
  int64_t since = curve->anchor ? curve->anchor - BEFORE_DAYS * CIVIL_DAY_MS : 0;
  curve->points = mem_alloc(POINTS_MOST * sizeof *curve->points);
  struct stmt *rows = store_query(
      reading->care->store,
      "SELECT * FROM (SELECT at, value, low, high, day, unit, id FROM observation WHERE "
      "patient=?1 AND code=?2 AND at>=?3 AND value IS NOT NULL AND gone IS NULL ORDER BY "
      "at DESC, id DESC LIMIT ?4) ORDER BY at, id",
      "itii", reading->patient, curve->code, since, (int64_t)POINTS_MOST);
  while (stmt_row(rows)) add_point(curve, rows);
  stmt_done(rows);
}

static void read_bands(struct curve *curve, const struct value *declared) {
  struct value expected = value_field(declared, "expected"), item;
  struct value_iter iter = value_iterate(&expected);
  curve->bands = mem_alloc((value_count(&expected) + 1) * sizeof *curve->bands);
  while (value_next(&iter, NULL, &item)) {
    struct value after = value_field(&item, "after"), low = value_field(&item, "low"),
                 high = value_field(&item, "high");
    curve->bands[curve->band_count++] =
        (struct curve_band){curve->anchor + value_int_or(&after, 0),
                            value_real_or(&low, 0), value_real_or(&high, 0)};
  }
}

static char *title_of(const struct value *declared, const char *language,
                      const char *otherwise) {
  struct value title = value_field(declared, "title"),
               text = value_field(&title, language);
  if (text.kind != VALUE_TEXT) text = value_field(&title, "zh");
  return text.kind == VALUE_TEXT ? value_copy_text(&text) : mem_copy_text(otherwise);
}

static struct curve *add_curve(struct reading *reading, const char *code,
                               const struct value *declared) {
  const struct measure *measure = measures_find(reading->care->measures, code, NULL);
  struct curve *curve = mem_alloc(sizeof *curve);
  curve->code = mem_copy_text(code);
  curve->unit = measure ? mem_copy_text(measure->unit) : NULL;
  curve->zh = title_of(declared, "zh", measure && *measure->zh ? measure->zh : code);
  curve->en = title_of(declared, "en", measure && *measure->en ? measure->en : code);
  *reading->end = curve;
  reading->end = &curve->next;
  return curve;
}

// What names a diagnosis is on no page that anybody with the card's code may open.
static bool is_wanted(const struct reading *reading, const struct value *declared) {
  struct value page = value_field(declared, "page"),
               discloses = value_field(declared, "discloses");
  return !reading->page || (value_true(&page) && !value_true(&discloses));
}

static void add_declared(struct reading *reading, struct stmt *row,
                         const struct value *declared) {
  struct value code = value_field(declared, "code"),
               source = value_field(declared, "source");
  char *code_text = value_copy_text(&code);
  if (code_text && is_wanted(reading, declared) && !has_code(reading, code_text)) {
    struct curve *curve = add_curve(reading, code_text, declared);
    curve->enrollment = stmt_int(row, 0);
    curve->department = mem_copy_text(stmt_text(row, 1));
    curve->pathway = mem_copy_text(stmt_text(row, 2));
    curve->anchor = stmt_int(row, 3);
    curve->source = value_copy_text(&source);
    read_bands(curve, declared);
    read_points(reading, curve);
  }
  mem_free(code_text);
}

static void read_declared(struct reading *reading, const char *departments) {
  struct stmt *rows = store_query(
      reading->care->store,
      "SELECT id, department, pathway, anchor_at FROM enrollment WHERE patient=?1 AND "
      "(?2 IS NULL OR department IN (SELECT value FROM json_each(?2))) "
      "ORDER BY status='ended', id DESC LIMIT 50",
      "it", reading->patient, departments);
  while (stmt_row(rows)) {
    struct value pathway = catalog_find(reading->care->catalog, stmt_text(rows, 1),
                                        "pathway", stmt_text(rows, 2));
    struct value curves = value_field(&pathway, "curves"), item;
    struct value_iter iter = value_iterate(&curves);
    while (value_next(&iter, NULL, &item)) add_declared(reading, rows, &item);
  }
  stmt_done(rows);
}

static void read_others(struct reading *reading) {
  static const struct value nothing = {0};
  struct stmt *rows = store_query(
      reading->care->store,
      "SELECT code FROM observation WHERE patient=?1 AND value IS NOT NULL AND gone IS "
      "NULL GROUP BY code HAVING count(*)>=2 ORDER BY code LIMIT ?2",
      "ii", reading->patient, (int64_t)CODES_MOST);
  while (stmt_row(rows)) {
    if (has_code(reading, stmt_text(rows, 0))) continue;
    read_points(reading, add_curve(reading, stmt_text(rows, 0), &nothing));
  }
  stmt_done(rows);
}

struct curve *curves_read(struct care *care, int64_t patient, const char *departments,
                          bool page) {
  struct reading reading = {.care = care, .patient = patient, .page = page};
  reading.end = &reading.first;
  read_declared(&reading, departments);
  if (!page) read_others(&reading);
  return reading.first;
}

bool curve_expected(const struct curve *curve, int64_t at, struct curve_band *out) {
  for (size_t i = 0; i + 1 < curve->band_count; i++) {
    const struct curve_band *from = &curve->bands[i], *to = from + 1;
    if (at < from->at || at > to->at || to->at == from->at) continue;
    double share = (double)(at - from->at) / (double)(to->at - from->at);
    *out = (struct curve_band){at, from->low + share * (to->low - from->low),
                               from->high + share * (to->high - from->high)};
    return true;
  }
  return false;
}

int curve_side(const struct curve *curve, const struct curve_point *point) {
  struct curve_band band;
  if (!curve_expected(curve, point->at, &band)) return 0;
  return point->value < band.low ? -1 : point->value > band.high;
}
