#include "care/clock_time.h"

// The most working time after `from` that is not later than `to`.
static int64_t working_between(const struct clock_time *clock, int64_t from, int64_t to) {
  int64_t low = 0, high = to - from, at;
  struct status status = {0};
  while (low < high) {
    int64_t middle = low + (high - low + 1) / 2;
    if (worktime_add(clock->calendar, clock->zone, from, middle, &at, &status) || at > to)
      high = middle - 1;
    else
      low = middle;
  }
  return low;
}

// Of its first `count` stands.
static void stood_of(const struct clock_time *clock, int count, int64_t *all,
                     int64_t *working) {
  bool counts = clock->span->kind == SPAN_WORKING_HOURS;
  *all = *working = 0;
  for (int i = 0; i < count; i++) {
    int64_t from = clock->stands[i].from, to = clock->stands[i].to;
    if (from < clock->started_at) from = clock->started_at;
    if (to <= from) continue;
    *all += to - from;
    if (counts) *working += working_between(clock, from, to);
  }
}

// Outside working hours on a working day the time of day is kept: whoever answered at
// noon is not given the lunch break too.
static int add_days(const struct clock_time *clock, int64_t from, int64_t *due,
                    struct status *status) {
  int64_t local = zone_to_local(clock->zone, from), open, days = clock->span->amount;
  int64_t day = civil_floor_div(local, CIVIL_DAY_MS) * CIVIL_DAY_MS;
  int code = worktime_next(clock->calendar, clock->zone,
                           zone_from_local(clock->zone, day), &open, status);
  if (code) return code;
  int64_t opens = zone_to_local(clock->zone, open);
  if (opens >= day + CIVIL_DAY_MS) local = opens;
  code = worktime_add_days(clock->calendar, clock->zone, open, days, due, status);
  if (!code)
    *due = zone_from_local(clock->zone, zone_to_local(clock->zone, *due) + local - opens);
  return code;
}

static int due_after(const struct clock_time *clock, int count, int64_t *due,
                     int64_t *all, struct status *status) {
  struct span span = *clock->span;
  int64_t working;
  stood_of(clock, count, all, &working);
  if (*all && span.kind == SPAN_WORKING_DAYS && span.clock < 0)
    return add_days(clock, clock->started_at + *all, due, status);
  bool hours = span.kind == SPAN_WORKING_HOURS;
  if (hours) span.amount += working;
  return span_add(clock->started_at + (hours ? 0 : *all), &span, clock->zone,
                  clock->calendar, due, status);
}

// What has run out is not moved by a waiting that began later.
int clock_time_due(const struct clock_time *clock, int64_t *due, int64_t *stood,
                   struct status *status) {
  int64_t all = 0;
  int code = OK;
  for (int count = 0; !code; count++) {
    code = due_after(clock, count, due, &all, status);
    if (count == clock->count || clock->stands[count].from >= *due) break;
  }
  if (stood) *stood = all;
  return code;
}
