// When a clock is due: its span counted from its start, with what the patient was waited
// for taken out.
#pragma once

#include "base/span.h"

struct clock_stand {  // it stood still from here to there
  int64_t from, to;   // ms; in order, none over another
};

struct clock_time {
  const struct span *span;
  const struct zone *zone;
  const struct calendar *calendar;
  int64_t started_at;
  const struct clock_stand *stands;
  int count;
};

// - s, m, h and calendar days, months: natural time, later by all the time that it stood;
// - bh: working time, later by the working time that it stood;
// - bd: the same time of day so many working days after its start, which is later by all
//   the time that it stood; a start that so comes to a day off begins at the next
//   opening.
// stood: all the time that it stood, ms; may be NULL.
int clock_time_due(const struct clock_time *clock, int64_t *due, int64_t *stood,
                   struct status *status);
