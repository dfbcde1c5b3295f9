#include "care/measure.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"

static const struct measure_unit itself = {.factor = 1};

static const struct measure_unit *find_unit(const struct measure *measure,
                                            const char *unit) {
  if (!unit || !*unit || !strcmp(unit, measure->unit)) return &itself;
  for (size_t i = 0; i < measure->unit_count; i++)
    if (!strcmp(unit, measure->units[i].text)) return &measure->units[i];
  return NULL;
}

static bool is_other(const struct measure_unit *unit) {
  return unit->factor != 1 || unit->offset != 0;
}

static double in_own(const struct measure_unit *unit, double value) {
  return is_other(unit) ? value * unit->factor + unit->offset : value;
}

static bool is_plausible(const struct measure *measure, double value) {
  return value >= measure->low && value <= measure->high;
}

// One way to write each of the units that need a conversion.
static void put_units(const struct measure *measure, struct buf *out) {
  const struct measure_unit *before = &itself;
  for (size_t i = 0; i < measure->unit_count; i++) {
    const struct measure_unit *unit = &measure->units[i];
    if (is_other(unit) &&
        (unit->factor != before->factor || unit->offset != before->offset))
      buf_printf(out, "%s%s", out->len ? ", " : "", unit->text);
    before = unit;
  }
}

static int refuse_unit(const struct measure *measure, const char *unit,
                       struct status *status) {
  struct buf known = {0};
  put_units(measure, &known);
  status_fail(
      status, ERR_INVALID,
      "field \"observation.unit\": %s is kept in %s, not in \"%.20s\"; send %s%s%s",
      measure->code, measure->unit, unit, measure->unit, known.len ? ", or " : "",
      buf_text(&known));
  buf_deinit(&known);
  return ERR_INVALID;
}

// Most often the value is right and its unit is not.
static const char *unit_meant(const struct measure *measure, double value) {
  if (is_plausible(measure, value)) return measure->unit;
  for (size_t i = 0; i < measure->unit_count; i++)
    if (is_other(&measure->units[i]) &&
        is_plausible(measure, in_own(&measure->units[i], value)))
      return measure->units[i].text;
  return NULL;
}

static int refuse_value(const struct measure *measure, const struct measure_unit *unit,
                        double given, struct status *status) {
  const char *meant = unit_meant(measure, given);
  return status_fail(status, ERR_INVALID,
                     "field \"observation.value\": a %s of %g %s is outside %g to %g; "
                     "check value and unit%s%s%s",
                     measure->code, in_own(unit, given), measure->unit, measure->low,
                     measure->high, meant ? ": is it in " : "", meant ? meant : "",
                     meant ? "?" : "");
}

// A conversion leaves no more digits than an instrument has.
static double rounded(double value) {
  double scale = pow(10, 4);
  return round(value * scale) / scale;
}

int measure_read(const struct measures *measures, const char *code, const char *unit,
                 double value, struct measured *out, struct status *status) {
  const char *implied = NULL;
  const struct measure *measure = measures_find(measures, code, &implied);
  *out = (struct measured){.code = code, .unit = unit, .value = value, .factor = 1};
  if (!measure) return OK;
  if (!unit || !*unit) unit = implied;
  const struct measure_unit *found = find_unit(measure, unit);
  if (!found) return refuse_unit(measure, unit, status);
  out->code = measure->code;
  out->unit = measure->unit;
  out->factor = found->factor;
  out->offset = found->offset;
  out->converted = is_other(found);
  if (out->converted) out->value = rounded(in_own(found, value));
  if (!is_plausible(measure, out->value))
    return refuse_value(measure, found, value, status);
  return OK;
}
