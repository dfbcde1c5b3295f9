// Counters of the report of follow-up, of all and of groups.
#pragma once

#include <stdint.h>

#include "base/buf.h"

enum follow_up_figure {  // in the order of their names
  FOLLOW_ACKNOWLEDGED,
  FOLLOW_ACTED,
  FOLLOW_ALERTS,
  FOLLOW_ANSWERS,
  FOLLOW_BAD_NUMBERS,
  FOLLOW_BOOKED,
  FOLLOW_BY_PAGE,
  FOLLOW_CALLS,
  FOLLOW_CAME,
  FOLLOW_COMPLICATED,
  FOLLOW_CONNECTED,
  FOLLOW_COVERED,
  FOLLOW_DEATHS,
  FOLLOW_DISCHARGES,
  FOLLOW_DUE,
  FOLLOW_EFFECTIVE,
  FOLLOW_ENTRIES,
  FOLLOW_FAKE,
  FOLLOW_JUDGED,
  FOLLOW_LISTED,
  FOLLOW_LOST,
  FOLLOW_POINTS,
  FOLLOW_POINTS_MOST,
  FOLLOW_READMITTED,
  FOLLOW_READMITTED_BEFORE,
  FOLLOW_READMITTED_UNKNOWN,
  FOLLOW_READMITTED_UNPLANNED,
  FOLLOW_REFUSED,
  FOLLOW_REFUSED_ENTRIES,
  FOLLOW_SAMPLED,
  FOLLOW_SUSPECTED_NO_RECORD,
  FOLLOW_SUSPECTED_SAME,
  FOLLOW_SUSPECTED_SHORT,
  FOLLOW_TASKS,
  FOLLOW_TIMELY,
  FOLLOW_TRANSFERS,
  FOLLOW_FIGURES
};

enum { FOLLOW_KEY = 96 };
struct follow_up_counter {
  char group[12], key[FOLLOW_KEY];
  int64_t figures[FOLLOW_FIGURES];
  struct buf ack;  // ms to the acknowledgement of each alert, int64_t
};

struct follow_up_counters {
  struct follow_up_counter *list;  // the first is of all
  int count, room;
};

void follow_up_counters_init(struct follow_up_counters *counters);
void follow_up_counters_deinit(struct follow_up_counters *counters);
// The place of a group's counter; 0, that of all, for a key that is missing.
int follow_up_counter_of(struct follow_up_counters *counters, const char *group,
                         const char *key);
void follow_up_counters_put(struct follow_up_counters *counters, struct buf *out);
