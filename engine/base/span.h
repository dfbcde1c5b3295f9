// The time grammar of scripts: "90s", "24h", "7d", "6mo 09:00", "3bd", "8bh", "10:00",
// "mon,wed,fri 08:00".
#pragma once

#include "base/worktime.h"

enum span_kind {
  SPAN_EXACT,          // s m h: amount in ms
  SPAN_DAYS,           // d: calendar days that keep the clock time
  SPAN_MONTHS,         // mo y: calendar months, the month's end clamps
  SPAN_WORKING_DAYS,   // bd
  SPAN_WORKING_HOURS,  // bh: amount in ms of working time
  SPAN_CLOCK,          // "10:00": the next one
  SPAN_WEEKDAYS        // "mon,fri 08:00": the next one
};

struct span {
  enum span_kind kind;
  int64_t amount;     // in the unit of the kind; 0 for the last two; below 0: back
  int32_t clock;      // ms of the day at which it ends, -1 when none was written
  uint32_t weekdays;  // bit 0 Monday; 0 for other kinds
};

// The text says the value, what is wrong with it and gives a right example.
int span_parse(const char *text, struct span *span, struct status *status);
// Also takes what counts back, "-3d 09:00": its amount is negative. Working time is not
// counted back.
int span_parse_offset(const char *text, struct span *span, struct status *status);
// Also refuses what cannot recur: nothing at all, less than a minute, working days and
// hours.
int span_parse_recurrence(const char *text, struct span *span, struct status *status);
// The moment a span after base. calendar may be NULL when the span does not count working
// time.
int span_add(int64_t base_ms, const struct span *span, const struct zone *zone,
             const struct calendar *calendar, int64_t *out, struct status *status);
