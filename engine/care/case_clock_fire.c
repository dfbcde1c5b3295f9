// What a clock does when its time comes: it warns, and then it has run out.
#include "care/case.h"
#include "care/case_clock.h"
#include "care/case_clock_tell.h"
#include "care/case_recount.h"

static void mark(struct care *care, const struct case_clock *clock, bool breached) {
  store_exec(care->store,
             breached ? "UPDATE clock SET breached_at=?2, next_at=NULL WHERE id=?1"
                      : "UPDATE clock SET warned_at=?2, next_at=NULL WHERE id=?1",
             "ii", clock->id, kernel_now(care->kernel));
  case_step(care, clock->enrollment, breached ? "breached" : "warned", "clock",
            clock->name);
}

static void breach(struct care *care, struct case_clock *clock) {
  mark(care, clock, true);
  case_clock_outgrown(care, clock, "it has run out");
  case_clock_breach(care, clock);
}

static void warn(struct care *care, struct case_clock *clock) {
  mark(care, clock, false);
  case_clock_warn(care, clock);
  clock->warned_at = kernel_now(care->kernel);
  case_clock_arm(care, clock);
}

// Counted once more: the calendar may have changed since it was armed.
static void fire(struct care *care, struct case_clock *clock) {
  int64_t now = kernel_now(care->kernel);
  clock->next_at = 0;  // its row in due is gone
  if (!clock->paused && !clock->breached_at) case_clock_measure(care, clock);
  int64_t next = case_clock_next(clock);
  if (!next || next > now)
    case_clock_arm(care, clock);
  else if (now >= clock->due_at)
    breach(care, clock);
  else
    warn(care, clock);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct case_clock clock;
  if (case_clock_load(care, work->ref, &clock)) fire(care, &clock);
  case_clock_drop(&clock);
}

void case_clock_handlers(struct care *care) {
  static const struct work_handler handler = {.apply = apply};
  kernel_handle(care->kernel, WORK_CLOCK, &handler, care);
  case_recount_handlers(care);
}
