// GET /api/v1/patients/ID/curves and /curves.svg: readings over time beside the course
// that a pathway expects.
#include <math.h>
#include <string.h>

#include "api/access.h"
#include "api/curve_svg.h"
#include "api/read.h"

static void put_real(struct json *json, const char *key, double number) {
  struct value value = {.kind = VALUE_REAL, .real = number};
  json_key(json, key);
  json_value(json, &value);
}

static void put_known(struct json *json, const char *key, double number) {
  if (!isnan(number)) put_real(json, key, number);
}

static void put_band(struct json *json, const struct curve_band *band,
                     const struct zone *zone) {
  json_open(json, '{');
  json_key(json, "at");
  json_time(json, band->at, zone);
  put_real(json, "low", band->low);
  put_real(json, "high", band->high);
  json_close(json, '}');
}

static void put_point(struct json *json, const struct curve *curve,
                      const struct curve_point *point, const struct zone *zone) {
  static const char *const sides[] = {"below", "within", "above"};
  struct curve_band band;
  json_open(json, '{');
  json_key(json, "at");
  json_time(json, point->at, zone);
  json_key(json, "day");
  json_text(json, point->day);
  put_real(json, "value", point->value);
  put_known(json, "low", point->low);
  put_known(json, "high", point->high);
  if (curve_expected(curve, point->at, &band)) {
    json_key(json, "course");
    json_text(json, sides[curve_side(curve, point) + 1]);
  }
  json_close(json, '}');
}

static void put_texts(struct json *json, const struct curve *curve) {
  const char *const texts[][2] = {{"code", curve->code},
                                  {"unit", curve->unit},
                                  {"department", curve->department},
                                  {"pathway", curve->pathway},
                                  {"source", curve->source}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (!texts[i][1]) continue;
    json_key(json, texts[i][0]);
    json_text(json, texts[i][1]);
  }
  json_key(json, "title");
  json_open(json, '{');
  json_key(json, "zh");
  json_text(json, curve->zh);
  json_key(json, "en");
  json_text(json, curve->en);
  json_close(json, '}');
}

static void put_curve(struct call *call, struct json *json, const struct curve *curve) {
  const struct zone *zone = care_zone(call->care, curve->department);
  json_open(json, '{');
  put_texts(json, curve);
  if (curve->enrollment) call_put_id(call, json, "enrollment", 'e', curve->enrollment);
  if (curve->anchor) {
    json_key(json, "anchor");
    json_time(json, curve->anchor, zone);
  }
  json_key(json, "expected");
  json_open(json, '[');
  for (size_t i = 0; i < curve->band_count; i++) put_band(json, &curve->bands[i], zone);
  json_close(json, ']');
  json_key(json, "points");
  json_open(json, '[');
  for (size_t i = 0; i < curve->count; i++)
    put_point(json, curve, &curve->points[i], zone);
  json_close(json, ']');
  json_close(json, '}');
}

// The patient's curves, or that of one code; NULL, and answered, when there is no such
// patient or a filter is wrong. found may be an empty list.
static bool read_wanted(struct call *call, struct curve **found, const char **code) {
  bool bad = false;
  int64_t patient = call_row(call, 1, 'p');
  *code = call_filter(call, "code", &bad);
  if (bad) return false;
  if (!patient || !access_patient(call, patient)) {
    call_problem(call, 404, "there is no such patient among those you see");
    return false;
  }
  *found = curves_read(call->care, patient, access_departments(call), false);
  return true;
}

static bool is_wanted(const struct curve *curve, const char *code) {
  return !code || !strcmp(curve->code, code);
}

void read_curves(struct call *call) {
  struct curve *curves;
  const char *code;
  struct buf out = {0};
  struct json json = {.out = &out};
  if (!read_wanted(call, &curves, &code)) return;
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  for (const struct curve *curve = curves; curve; curve = curve->next)
    if (is_wanted(curve, code)) put_curve(call, &json, curve);
  json_close(&json, ']');
  json_close(&json, '}');
  curves_free(curves);
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}

static void put_pictures(struct call *call, const struct curve *curves, const char *code,
                         bool english, struct buf *out) {
  struct buf all = {0};
  int top = 0;
  for (const struct curve *curve = curves; curve; curve = curve->next) {
    if (!is_wanted(curve, code)) continue;
    curve_svg(curve, care_zone(call->care, curve->department), english, top, true, &all);
    top += CURVE_HEIGHT;
  }
  buf_printf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
             "width=\"%d\" height=\"%d\" role=\"img\" font-family=\"sans-serif\" "
             "font-size=\"14\" fill=\"#1a1a1a\">%s</svg>",
             CURVE_WIDTH, top ? top : 1, CURVE_WIDTH, top ? top : 1, buf_text(&all));
  buf_deinit(&all);
}

void read_curves_svg(struct call *call) {
  static const struct http_header headers[] = {
      {"Content-Type", "image/svg+xml; charset=utf-8"},
      {"Content-Security-Policy", "default-src 'none'"},
      {"Cache-Control", "no-store"},
      {"X-Content-Type-Options", "nosniff"}};
  struct curve *curves;
  const char *code;
  bool bad = false;
  struct buf out = {0};
  const char *language = call_filter_word(call, "lang", "zh en", &bad);
  if (bad || !read_wanted(call, &curves, &code)) return;
  put_pictures(call, curves, code, language && !strcmp(language, "en"), &out);
  curves_free(curves);
  if (!call_unread(call))
    http_respond(call->request, 200, headers, sizeof headers / sizeof *headers, out.data,
                 out.len);
  buf_deinit(&out);
}
