#include "care/schedule_grid.h"

static int64_t day_of(int64_t local) { return civil_floor_div(local, CIVIL_DAY_MS); }

static int64_t month_of(int64_t day) {
  struct civil date = {0};
  civil_set_days(&date, day);
  return (int64_t)date.year * 12 + date.month;
}

static bool on(unsigned weekdays, int64_t day) {
  return weekdays & 1u << (civil_weekday(day) - 1);
}

// Days in [from, to) that are among the weekdays.
static int64_t count_weekdays(unsigned weekdays, int64_t from, int64_t to) {
  if (to <= from) return 0;
  int64_t weeks = (to - from) / 7;
  int64_t count = weeks * __builtin_popcount(weekdays);
  for (int64_t day = from + weeks * 7; day < to; day++) count += on(weekdays, day);
  return count;
}

static int64_t nth_weekday(unsigned weekdays, int64_t from, int64_t index) {
  int64_t a_week = __builtin_popcount(weekdays), day = from + index / a_week * 7;
  for (int64_t left = index % a_week;; day++)
    if (on(weekdays, day) && left-- == 0) return day;
}

int64_t schedule_grid_point(const struct schedule_grid *grid, int64_t index) {
  int64_t day = grid->start_day,
          on_from_start = grid->start_step + index * grid->every.amount;
  if (grid->every.kind == SPAN_EXACT) return grid->start_ms + index * grid->every.amount;
  if (grid->every.kind == SPAN_DAYS) day += on_from_start;
  if (grid->every.kind == SPAN_MONTHS) day = civil_add_months(day, on_from_start);
  if (grid->every.kind == SPAN_WEEKDAYS)
    day = nth_weekday(grid->every.weekdays, day, index);
  return zone_from_local(grid->zone, day * CIVIL_DAY_MS + grid->clock);
}

bool schedule_grid_has(const struct schedule_grid *grid, int64_t index) {
  return index < grid->end && schedule_grid_point(grid, index) <= grid->last_ms;
}

static int64_t near_index(const struct schedule_grid *grid, int64_t ms) {
  // contact windows and changes of the clock move a point by less than three days
  int64_t day = day_of(zone_to_local(grid->zone, ms)) - 3;
  int64_t amount = grid->every.amount;
  if (grid->every.kind == SPAN_EXACT) return civil_floor_div(ms - grid->start_ms, amount);
  if (grid->every.kind == SPAN_WEEKDAYS)
    return count_weekdays(grid->every.weekdays, grid->start_day, day);
  int64_t passed = day - grid->start_day;
  if (grid->every.kind == SPAN_MONTHS)
    passed = month_of(day) - month_of(grid->start_day) - 1;
  return civil_floor_div(passed - grid->start_step, amount);
}

int64_t schedule_grid_near(const struct schedule_grid *grid, int64_t ms) {
  int64_t index = near_index(grid, ms);
  return index > grid->first ? index : grid->first;
}

// Where counting begins: at `from`, or one interval after the anchor. Months are counted
// from the anchor's day in both cases, so that the 31st comes back after February.
static int find_start(struct schedule_grid *grid, const struct schedule_step *step,
                      const struct schedule_plan *plan, struct status *status) {
  const struct span *every = &grid->every;
  grid->start_ms = plan->anchor_ms;
  bool months = step->has_from && every->kind == SPAN_MONTHS &&
                step->from.kind == SPAN_MONTHS && step->from.clock < 0;
  int code = step->has_from && !months
                 ? span_add(plan->anchor_ms, &step->from, plan->zone, plan->calendar,
                            &grid->start_ms, status)
                 : OK;
  if (code) return code;
  int64_t local = zone_to_local(plan->zone, grid->start_ms);
  grid->start_day = day_of(local);
  grid->start_step = months ? step->from.amount : step->has_from ? 0 : every->amount;
  grid->clock = every->clock >= 0 ? every->clock : local - grid->start_day * CIVIL_DAY_MS;
  if (!step->has_from) grid->start_ms += every->kind == SPAN_EXACT ? every->amount : 0;
  return OK;
}

// With a time of day `to` is a whole day.
static int find_end(struct schedule_grid *grid, const struct schedule_step *step,
                    const struct schedule_plan *plan, bool timed, struct status *status) {
  grid->end = INT64_MAX;
  if (step->count) grid->end = grid->first + step->count;
  grid->last_ms = INT64_MAX;
  if (!step->has_to) return OK;
  int code = span_add(plan->anchor_ms, &step->to, plan->zone, plan->calendar,
                      &grid->last_ms, status);
  if (code || !timed || step->to.clock >= 0) return code;
  int64_t next_day = day_of(zone_to_local(plan->zone, grid->last_ms)) + 1;
  grid->last_ms = zone_from_local(plan->zone, next_day * CIVIL_DAY_MS) - 1;
  return OK;
}

int schedule_grid_init(struct schedule_grid *grid, const struct schedule_step *step,
                       const struct span *every, const struct schedule_plan *plan,
                       struct status *status) {
  *grid = (struct schedule_grid){.zone = plan->zone, .every = *every};
  if (every->kind == SPAN_CLOCK) {
    grid->every.kind = SPAN_WEEKDAYS;
    grid->every.weekdays = 0x7f;
  }
  int code = find_start(grid, step, plan, status);
  if (code) return code;
  int64_t earliest = plan->anchor_ms + !step->has_from;
  while (schedule_grid_point(grid, grid->first) < earliest) grid->first++;
  bool timed = every->clock >= 0 || (step->has_from && step->from.clock >= 0);
  bool days = every->kind == SPAN_DAYS || every->kind == SPAN_MONTHS;
  grid->snaps = days && !timed;
  return find_end(grid, step, plan, timed, status);
}
