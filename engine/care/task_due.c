// Working time of posts: deadlines, what is left of them, ends of shifts.
#include "base/span.h"
#include "care/task_row.h"

enum { CLAIM_MS = 12 * CIVIL_HOUR_MS };  // longest claim

static int add_span(int64_t now, const struct span *span, const struct zone *zone,
                    const struct calendar *calendar, int64_t *out,
                    struct status *status) {
  if (span->kind == SPAN_EXACT)
    return worktime_add(calendar, zone, now, span->amount, out, status);
  int code = span_add(now, span, zone, calendar, out, status);
  bool counted = span->kind == SPAN_WORKING_DAYS || span->kind == SPAN_WORKING_HOURS;
  return code || counted ? code : worktime_next(calendar, zone, *out, out, status);
}

int64_t task_due(struct care *care, const char *department, const char *role,
                 const char *text, struct status *status) {
  struct span span;
  int64_t at = 0;
  if (span_parse(text, &span, status) ||
      add_span(kernel_now(care->kernel), &span, care_zone(care, department),
               catalog_role_calendar(care->catalog, department, role), &at, status))
    return 0;
  return at;
}

static const struct calendar *calendar_of(struct care *care, const struct task *task) {
  return catalog_role_calendar(care->catalog, task->department, task->role);
}

int64_t task_due_after(struct care *care, const struct task *task, int64_t working_ms) {
  struct status status = {0};
  int64_t now = kernel_now(care->kernel), at;
  int code = worktime_add(calendar_of(care, task), care_zone(care, task->department), now,
                          working_ms, &at, &status);
  return code ? now + working_ms : at;
}

// The most working time after which it is not later than the deadline.
int64_t task_time_left(struct care *care, const struct task *task) {
  int64_t low = 0, high = task->due_at - kernel_now(care->kernel);
  while (low < high) {
    int64_t middle = low + (high - low + 1) / 2;
    if (task_due_after(care, task, middle) <= task->due_at)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

int64_t task_shift_end(struct care *care, const struct task *task) {
  const struct calendar *calendar = calendar_of(care, task);
  const struct zone *zone = care_zone(care, task->department);
  int64_t now = kernel_now(care->kernel), local = zone_to_local(zone, now);
  int64_t day = civil_floor_div(local, CIVIL_DAY_MS);
  int32_t of_day = (int32_t)(local - day * CIVIL_DAY_MS), until;
  if (calendar->always || !window_at(worktime_hours(calendar, day), of_day, &until) ||
      until - of_day > CLAIM_MS)
    return now + CLAIM_MS;
  return zone_from_local(zone, day * CIVIL_DAY_MS + until);
}
