#include "care/schedule_check.h"

// How long a span can be, in ms: months have 28 to 31 days, working time any length.
struct bounds {
  int64_t least, most;
};

static struct bounds bounds_of(const struct span *span) {
  int64_t day = CIVIL_DAY_MS, forever = INT64_MAX / 2, amount = span->amount;
  int64_t low = span->clock < 0 ? 0 : span->clock;
  int64_t high = span->clock < 0 ? day - 1 : span->clock;
  switch (span->kind) {
    case SPAN_EXACT: return (struct bounds){amount, amount};
    case SPAN_DAYS: return (struct bounds){amount * day + low, amount * day + high};
    case SPAN_MONTHS:
      return (struct bounds){amount * 28 * day + low, amount * 31 * day + high};
    case SPAN_WORKING_DAYS: return (struct bounds){amount * day + low, forever};
    case SPAN_WORKING_HOURS: return (struct bounds){0, forever};
    case SPAN_CLOCK: return (struct bounds){0, day};
    case SPAN_WEEKDAYS: break;
  }
  return (struct bounds){0, 7 * day};
}

static const char *wrong_order(const struct schedule_step *step) {
  int64_t end = bounds_of(&step->to).most;
  if (step->has_from)
    return end < bounds_of(&step->from).least
               ? "comes before from; let it be later, or leave it out"
               : NULL;
  for (size_t i = 0; i < step->tier_count; i++)
    if (end < bounds_of(&step->tiers[i].every).least)
      return "comes before the first occurrence, which is one interval after the anchor; "
             "let it be later, or give from";
  return NULL;
}

const char *schedule_step_wrong(const struct schedule_step *step, const char **key) {
  *key = step->has_from ? "from" : step->has_to ? "to" : "count";
  if (step->at_count && (step->has_from || step->has_to || step->count))
    return "goes with every, not with at; take it out";
  *key = "valid_for";
  bool counted =
      step->valid_for.kind != SPAN_CLOCK && step->valid_for.kind != SPAN_WEEKDAYS;
  if (step->has_valid_for && counted && step->valid_for.amount == 0)
    return "leaves no time to begin; write for example \"3d\"";
  *key = "to";
  return step->has_to ? wrong_order(step) : NULL;
}
