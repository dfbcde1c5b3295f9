// Daily ranges of clock time, such as contact windows "09:00-11:30,15:00-17:30" and quiet
// hours "21:00-08:00".
#pragma once

#include "base/zone.h"

enum { WINDOW_RANGES = 16 };

struct window_range {
  int16_t from,
      to;  // minutes of the day, to exclusive, 1440 for midnight; to < from wraps
};

struct window {
  uint32_t count;
  struct window_range ranges[WINDOW_RANGES];  // in order; only the last may wrap
};

// The text names the range that is wrong and why. Ranges must not overlap.
int window_parse(const char *text, struct window *window, struct status *status);
bool window_wraps(const struct window *window);  // runs over midnight
// Whether the local clock shows a time inside. Nothing is inside an empty window.
bool window_inside(const struct window *window, const struct zone *zone, int64_t ms);
// The first moment at or after ms that is inside, or outside; false when there is none.
bool window_next_inside(const struct window *window, const struct zone *zone, int64_t ms,
                        int64_t *out);
bool window_next_outside(const struct window *window, const struct zone *zone, int64_t ms,
                         int64_t *out);
// For a clock without zone: whether a ms of the day is inside, and the ms of the day at
// which that may change (CIVIL_DAY_MS at the latest).
bool window_at(const struct window *window, int32_t ms_of_day, int32_t *until);
