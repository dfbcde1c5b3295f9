// The days that a report is of: "from" and "to" of its query, and what it is compared
// with.
#pragma once

#include "api/call.h"

struct report_period {
  int64_t from, to;       // ms; from the first moment of a day on, before another's
  int64_t before, older;  // where the period before begins, and the one before that
};

// Whole months are compared with as many whole months, other periods with as many days.
// False: it is answered.
bool report_period_read(struct call *call, struct report_period *out);
// Answers with counted_at, from, to, what more puts beside them (NULL: nothing), and the
// fields of the encoded map that was counted.
void report_send(struct call *call, int64_t from, int64_t to,
                 void (*more)(struct json *json, const struct zone *zone, void *self),
                 void *self, const struct buf *found);
// Where the last count weeks up to the period's end begin, Mondays, and where that ends.
void report_period_weeks(struct call *call, const struct report_period *period, int count,
                         int64_t *out);
