// Who comes in late: what of the plan was due before.
#include <stdint.h>

#include "base/log.h"
#include "care/enrollment.h"
#include "care/plan.h"

enum { WALK_MOST = 20000 };  // occurrences looked at, listed or not

// An earlier enrollment has done it, by another event of the same stay, or a person has
// skipped it there. What was broken off there, because it was to start anew or the
// discharge or a code was taken back, was not done.
static bool was_done_before(struct care *care, const struct enrollment *enrollment,
                            const struct schedule_step *step, const char *day) {
  return store_int(
             care->store, 0,
             "SELECT 1 FROM enrollment e LEFT JOIN run ON run.enrollment=e.id AND "
             "run.name=?4 AND run.day=?5 LEFT JOIN skip_ahead s ON s.enrollment="
             "e.id AND s.step=?4 AND s.day IN (?5,'*') WHERE e.patient=?1 AND "
             "e.department=?2 AND e.pathway=?3 AND (s.day IS NOT NULL OR (run.id IS "
             "NOT NULL AND coalesce(run.result,'') NOT IN ('restarted',"
             "'discharge-cancelled','coding-withdrawn'))) LIMIT 1",
             "itttt", enrollment->patient, enrollment->department, enrollment->pathway,
             step->id, day) != 0;
}

static bool is_newest(const struct enrollment *enrollment, const struct plan *plan,
                      const struct schedule_occurrence *occurrence) {
  struct status status = {0};
  struct schedule_occurrence following;
  return schedule_step_next(plan->schedule, occurrence->step, &plan->plan,
                            occurrence->due_ms, &following, &status) ||
         following.due_ms > enrollment->cursor_at;
}

static bool may_begin(struct care *care, const struct enrollment *enrollment,
                      const struct plan *plan,
                      const struct schedule_occurrence *occurrence) {
  const struct schedule_step *step = &plan->schedule->steps[occurrence->step];
  return step->has_valid_for && kernel_now(care->kernel) < occurrence->valid_until_ms &&
         (step->at_count || is_newest(enrollment, plan, occurrence)) &&
         !was_done_before(care, enrollment, step, occurrence->key);
}

bool plan_late(struct care *care, struct enrollment *enrollment) {
  struct plan plan;
  struct status status = {0};
  struct schedule_occurrence next;
  struct schedule_cursor cursor = {plan_before_all(enrollment), SIZE_MAX};
  int begun = 0, skipped = 0;
  plan_init(care, enrollment, &plan);
  int64_t ends = plan_ends_at(care, enrollment);
  bool over = ends && ends <= kernel_now(care->kernel);
  for (int i = 0; plan.schedule && i < WALK_MOST; i++) {
    if (schedule_next(plan.schedule, &plan.plan, &cursor, &next, &status) ||
        next.due_ms > enrollment->cursor_at)
      break;
    const struct schedule_step *step = &plan.schedule->steps[next.step];
    if (!over && may_begin(care, enrollment, &plan, &next)) {
      plan_begin(care, enrollment, step, &next);
      begun++;
    } else if (skipped++ < PAST_MOST) {
      plan_skip(care, enrollment, step, &next, "past-at-enrollment");
    }
  }
  if (skipped > PAST_MOST)
    log_line(LOG_LEVEL_WARN, "plan.overrun", "enrollment=%lld past=%d listed=%d",
             (long long)enrollment->id, skipped, PAST_MOST);
  return begun > 0;
}
