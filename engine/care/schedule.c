#include "care/schedule.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/schedule_grid.h"

void schedule_free(struct schedule *schedule) {
  if (!schedule) return;
  for (size_t i = 0; i < schedule->count; i++) {
    struct schedule_step *step = &schedule->steps[i];
    for (size_t t = 0; t < step->tier_count; t++) mem_free(step->tiers[t].tier);
    mem_free(step->tiers);
    mem_free(step->at);
    mem_free(step->missed);
    mem_free(step->id);
  }
  mem_free(schedule->steps);
  mem_free(schedule);
}

int schedule_find(const struct schedule *schedule, const char *id) {
  for (size_t i = 0; i < schedule->count; i++)
    if (strcmp(schedule->steps[i].id, id) == 0) return (int)i;
  return -1;
}

static int none_left(struct status *status) {
  return status_fail(status, ERR_NOT_FOUND, "no occurrence is left");
}

static int64_t snap(const struct schedule_plan *plan, bool snaps, int64_t ms) {
  if (snaps && plan->contact) window_next_inside(plan->contact, plan->zone, ms, &ms);
  return ms;
}

static int64_t date_of(const struct schedule_plan *plan, int64_t ms) {
  return civil_floor_div(zone_to_local(plan->zone, ms), CIVIL_DAY_MS);
}

static void write_key(struct schedule_occurrence *out, int64_t day, int ordinal) {
  struct civil date = {0};
  civil_set_days(&date, day);
  int used =
      snprintf(out->key, sizeof out->key, "%04u-%02u-%02u", (unsigned)date.year % 10000,
               (unsigned)date.month % 100, (unsigned)date.day % 100);
  if (ordinal > 1)
    snprintf(out->key + used, sizeof out->key - (size_t)used, "#%d", ordinal);
}

static int set_validity(const struct schedule_step *step,
                        const struct schedule_plan *plan, int64_t otherwise,
                        struct schedule_occurrence *out, struct status *status) {
  out->valid_until_ms = otherwise;
  if (!step->has_valid_for) return OK;
  return span_add(out->due_ms, &step->valid_for, plan->zone, plan->calendar,
                  &out->valid_until_ms, status);
}

// One entry of `at`: where the schedule puts it and where the contact windows do.
struct moment {
  int64_t nominal, due;
};

static int moment_of(const struct schedule_moment *at, const struct schedule_plan *plan,
                     struct moment *out, struct status *status) {
  *out = (struct moment){plan->enrolled_ms, plan->enrolled_ms};
  if (at->enroll) return OK;
  const struct span *span = &at->span;
  int code =
      span_add(plan->anchor_ms, span, plan->zone, plan->calendar, &out->nominal, status);
  bool days = span->kind == SPAN_DAYS || span->kind == SPAN_MONTHS ||
              span->kind == SPAN_WORKING_DAYS;
  if (!code) out->due = snap(plan, days && span->clock < 0, out->nominal);
  return code;
}

static bool is_repeat(const struct moment *moments, size_t index) {
  for (size_t i = 0; i < index; i++)
    if (moments[i].nominal == moments[index].nominal) return true;
  return false;
}

static int ordinal_of(const struct moment *moments, size_t count,
                      const struct schedule_plan *plan, const struct moment *which) {
  int ordinal = 1;
  int64_t date = date_of(plan, which->nominal);
  for (size_t i = 0; i < count; i++)
    ordinal += moments[i].nominal < which->nominal &&
               date_of(plan, moments[i].nominal) == date && !is_repeat(moments, i);
  return ordinal;
}

static int next_moment(const struct schedule_step *step, const struct schedule_plan *plan,
                       int64_t after_ms, struct schedule_occurrence *out,
                       struct status *status) {
  struct moment moments[SCHEDULE_MOMENTS];
  const struct moment *best = NULL;
  for (size_t i = 0; i < step->at_count; i++) {
    int code = moment_of(&step->at[i], plan, &moments[i], status);
    if (code) return code;
    if (moments[i].due <= after_ms) continue;
    if (!best || moments[i].due < best->due ||
        (moments[i].due == best->due && moments[i].nominal < best->nominal))
      best = &moments[i];
  }
  if (!best) return none_left(status);
  out->due_ms = best->due;
  write_key(out, date_of(plan, best->nominal),
            ordinal_of(moments, step->at_count, plan, best));
  return set_validity(step, plan, 0, out, status);
}

static const struct span *every_of(const struct schedule_step *step, const char *tier) {
  for (size_t i = 0; i < step->tier_count; i++) {
    const char *name = step->tiers[i].tier;
    if (!name || (tier && strcmp(name, tier) == 0)) return &step->tiers[i].every;
  }
  return NULL;
}

// Only exact grids have two points on a date.
static int point_ordinal(const struct schedule_grid *grid,
                         const struct schedule_plan *plan, int64_t index) {
  int ordinal = 1;
  if (grid->every.kind != SPAN_EXACT) return ordinal;
  int64_t date = date_of(plan, schedule_grid_point(grid, index));
  while (index-- > grid->first && date_of(plan, schedule_grid_point(grid, index)) == date)
    ordinal++;
  return ordinal;
}

static int next_point(const struct schedule_step *step, const struct schedule_plan *plan,
                      int64_t after_ms, struct schedule_occurrence *out,
                      struct status *status) {
  const struct span *every = every_of(step, plan->tier);
  if (!every) return none_left(status);
  struct schedule_grid grid;
  int code = schedule_grid_init(&grid, step, every, plan, status);
  if (code) return code;
  for (int64_t i = schedule_grid_near(&grid, after_ms); schedule_grid_has(&grid, i);
       i++) {
    int64_t point = schedule_grid_point(&grid, i);
    out->due_ms = snap(plan, grid.snaps, point);
    if (out->due_ms <= after_ms) continue;
    write_key(out, date_of(plan, point), point_ordinal(&grid, plan, i));
    int64_t following = snap(plan, grid.snaps, schedule_grid_point(&grid, i + 1));
    return set_validity(step, plan, following, out, status);
  }
  return none_left(status);
}

// Cursors are kept within the years that dates are counted in.
static int64_t limit(int64_t ms) {
  int64_t low = civil_days(1, 1, 1) * CIVIL_DAY_MS;
  int64_t high = civil_days(9800, 1, 1) * CIVIL_DAY_MS;
  return ms < low ? low : ms > high ? high : ms;
}

int schedule_step_next(const struct schedule *schedule, size_t step,
                       const struct schedule_plan *plan, int64_t after_ms,
                       struct schedule_occurrence *out, struct status *status) {
  const struct schedule_step *which = &schedule->steps[step];
  *out = (struct schedule_occurrence){.step = step};
  after_ms = limit(after_ms);
  int code = which->at_count ? next_moment(which, plan, after_ms, out, status)
                             : next_point(which, plan, after_ms, out, status);
  return code && code != ERR_NOT_FOUND ? status_prefix(status, "step \"%s\"", which->id)
                                       : code;
}

int schedule_next(const struct schedule *schedule, const struct schedule_plan *plan,
                  struct schedule_cursor *cursor, struct schedule_occurrence *out,
                  struct status *status) {
  bool found = false;
  for (size_t i = 0; i < schedule->count; i++) {
    struct schedule_occurrence next;
    int64_t after = limit(cursor->ms) - (i > cursor->step);
    int code = schedule_step_next(schedule, i, plan, after, &next, status);
    if (code && code != ERR_NOT_FOUND) return code;
    if (code || (found && next.due_ms >= out->due_ms)) continue;
    *out = next;
    found = true;
  }
  if (!found) return none_left(status);
  *status = (struct status){0};
  *cursor = (struct schedule_cursor){out->due_ms, out->step};
  return OK;
}
