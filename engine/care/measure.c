#include "care/measure.h"

#include <stddef.h>
#include <string.h>

struct measure {
  const char *code, *unit;
  double low, high;
  const char *also[4];  // other ways to write the unit
};

static const struct measure *measure_find(const char *code) {
  static const struct measure known[] = {
      {"temperature", "Cel", 25, 45, {"℃", "°C", "C", "摄氏度"}},
      {"weight", "kg", 0.3, 400, {"Kg", "KG", "公斤", "千克"}},
      {"height", "cm", 20, 250, {"厘米"}},
      {"glucose", "mmol/L", 0.5, 60, {"mmol/l"}},
      {"systolic", "mm[Hg]", 30, 300, {"mmHg", "mmhg", "毫米汞柱"}},
      {"diastolic", "mm[Hg]", 10, 200, {"mmHg", "mmhg", "毫米汞柱"}},
      {"pulse", "/min", 10, 300, {"bpm", "次/分", "{beats}/min", "1/min"}},
      {"respiration", "/min", 2, 100, {"次/分", "{breaths}/min", "1/min"}},
      {"spo2", "%", 20, 100, {"％"}},
      {"pain", "{score}", 0, 10, {"分", "score", "NRS"}},
      {"inr", "{INR}", 0.3, 20, {"INR", "1"}},
      {"potassium", "mmol/L", 1, 12, {"mmol/l"}},
      {"hemoglobin", "g/L", 10, 300, {"g/l"}},
      {"creatinine", "umol/L", 5, 5000, {"μmol/L", "µmol/L", "umol/l"}}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp(known[i].code, code)) return &known[i];
  return NULL;
}

static int unit_known(const struct measure *measure, const char *unit) {
  if (!unit || !*unit || !strcmp(unit, measure->unit)) return 1;
  for (size_t i = 0; i < 4 && measure->also[i]; i++)
    if (!strcmp(unit, measure->also[i])) return 1;
  return 0;
}

int measure_check(const char *code, const char *unit, double value, const char **out,
                  struct status *status) {
  const struct measure *measure = measure_find(code);
  *out = measure ? measure->unit : unit;
  if (!measure) return OK;
  if (!unit_known(measure, unit))
    return status_fail(status, ERR_INVALID,
                       "field \"observation.unit\": %s is kept in %s, not in \"%.20s\"; "
                       "convert the value and send %s",
                       code, measure->unit, unit, measure->unit);
  if (value < measure->low || value > measure->high)
    return status_fail(status, ERR_INVALID,
                       "field \"observation.value\": a %s of %g %s is outside %g to %g; "
                       "check value and unit",
                       code, value, measure->unit, measure->low, measure->high);
  return OK;
}
