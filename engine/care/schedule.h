// A pathway's schedule: steps parsed once from their declaration, and their occurrences
// for a patient in time order.
#pragma once

#include "base/span.h"
#include "base/value.h"

enum { SCHEDULE_STEPS = 500, SCHEDULE_MOMENTS = 400, SCHEDULE_KEY = 24 };

struct schedule_moment {  // an entry of `at`
  bool enroll;            // at enrollment; then span is not used
  struct span span;       // from the anchor, or back from it
};

struct schedule_tier {  // an entry of `every`
  char *tier;           // NULL for all tiers; owned
  struct span every;
};

struct schedule_step {
  char *id;                    // unique in the schedule; owned
  struct schedule_moment *at;  // owned; at_count is 0 when the step recurs
  size_t at_count;
  struct schedule_tier *tiers;  // owned; tier_count is 0 when it doesn't recur
  size_t tier_count;
  bool has_from, has_to, has_valid_for;
  struct span from, to;   // from the anchor; of recurring steps
  struct span valid_for;  // from the moment it is due
  int64_t count;          // occurrences at most; 0 for no limit
  char *missed;           // role that gets what was too late; owned, may be NULL
};

struct schedule {
  struct schedule_step *steps;  // owned
  size_t count;
};

struct schedule_plan {  // for whom; all borrowed
  int64_t anchor_ms, enrolled_ms;
  const char *tier;  // NULL: only what recurs for all tiers
  const struct zone *zone;
  const struct calendar *calendar;  // NULL when no step counts working days
  const struct window *contact;     // NULL: no contact windows
};

struct schedule_occurrence {
  size_t step;  // index
  int64_t due_ms;
  int64_t valid_until_ms;  // may begin before this; 0 for ever
  // The local date as written in the schedule, before contact windows move it:
  // "2026-03-05", "2026-03-05#2" for the second of the step on that date. With the step's
  // id it is the occurrence's identity.
  char key[SCHEDULE_KEY];
};

struct schedule_cursor {  // occurrences come in order of due, then of step
  int64_t ms;
  size_t step;  // of those due at ms, steps up to this one are past; SIZE_MAX: all
};

// Parses a list of maps (nil: no steps); keys it doesn't know are left to others. The
// text says step, key, value and remedy. The caller frees.
int schedule_parse(const struct value *steps, struct schedule **out,
                   struct status *status);
void schedule_free(struct schedule *schedule);
// The index of a step, or -1.
int schedule_find(const struct schedule *schedule, const char *id);

// The next occurrence of one step that is due after a moment; ERR_NOT_FOUND when none is
// left. Takes no longer for later ones. What is due at enrollment itself is found from
// enrolled_ms - 1.
int schedule_step_next(const struct schedule *schedule, size_t step,
                       const struct schedule_plan *plan, int64_t after_ms,
                       struct schedule_occurrence *out, struct status *status);
// The next of all steps; moves the cursor to it, so that calling again goes on.
int schedule_next(const struct schedule *schedule, const struct schedule_plan *plan,
                  struct schedule_cursor *cursor, struct schedule_occurrence *out,
                  struct status *status);
