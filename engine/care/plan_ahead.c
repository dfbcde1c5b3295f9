// What is still to come of an enrollment's plan, for lists, timeline, forecast, specs.
#include <string.h>

#include "care/enrollment.h"
#include "care/plan.h"
#include "care/skip.h"

void plan_ahead(struct care *care, const struct enrollment *enrollment,
                struct ahead *out) {
  *out = (struct ahead){.enrollment = enrollment->id,
                        .cursor = {enrollment->cursor_at, SIZE_MAX},
                        .ends = plan_ends_at(care, enrollment),
                        .skips = skip_any(care->store, enrollment->id)};
  plan_init(care, enrollment, &out->plan);
}

static bool is_skipped(struct care *care, const struct ahead *ahead,
                       const struct schedule_occurrence *next) {
  return ahead->skips && skip_has(care->store, ahead->enrollment,
                                  ahead->plan.schedule->steps[next->step].id, next->key);
}

bool plan_ahead_next(struct care *care, struct ahead *ahead,
                     struct schedule_occurrence *out) {
  struct status status = {0};
  do {
    if (!ahead->plan.schedule || schedule_next(ahead->plan.schedule, &ahead->plan.plan,
                                               &ahead->cursor, out, &status))
      return false;
  } while (is_skipped(care, ahead, out));
  return !ahead->ends || out->due_ms < ahead->ends;
}

int enrollment_planned(struct care *care, int64_t id, struct planned *out, int count) {
  struct enrollment enrollment;
  struct ahead ahead;
  struct schedule_occurrence next;
  int found = 0;
  if (!enrollment_load(care->store, id, &enrollment)) return 0;
  plan_ahead(care, &enrollment, &ahead);
  bool live = strcmp(enrollment.status, "ended") != 0;
  while (live && found < count && plan_ahead_next(care, &ahead, &next)) {
    struct planned *item = &out[found++];
    *item = (struct planned){.step = ahead.plan.schedule->steps[next.step].id,
                             .due_at = next.due_ms,
                             .valid_until = next.valid_until_ms};
    memcpy(item->key, next.key, sizeof item->key);
  }
  enrollment_deinit(&enrollment);
  return found;
}
