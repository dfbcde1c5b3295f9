// The moments of a recurring step, by index: any of them is found by arithmetic.
#pragma once

#include "care/schedule.h"

struct schedule_grid {
  const struct zone *zone;
  struct span every;   // clock times are weekdays, all seven of them
  int64_t start_ms;    // point 0 of an exact grid
  int64_t start_day;   // local date the others count from
  int64_t start_step;  // days or months that point 0 lies after it
  int64_t clock;       // ms of the local day
  int64_t first, end;  // indices: the first one and the one after the last
  int64_t last_ms;     // no point after this
  bool snaps;          // moves to the contact windows
};

int schedule_grid_init(struct schedule_grid *grid, const struct schedule_step *step,
                       const struct span *every, const struct schedule_plan *plan,
                       struct status *status);
int64_t schedule_grid_point(const struct schedule_grid *grid, int64_t index);  // ms
bool schedule_grid_has(const struct schedule_grid *grid, int64_t index);
// An index, not below the first, with no point before it that is later than a few days
// before ms.
int64_t schedule_grid_near(const struct schedule_grid *grid, int64_t ms);
