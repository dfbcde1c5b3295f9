// What the nightly reconciliation looks for: promises that nothing would keep any more.
#pragma once

#include "care/care.h"

enum { NIGHT_FAULTS = 4, NIGHT_NAMED = 5 };  // kinds of them; named one by one

struct night_fault {  // of one kind
  int64_t count, first[NIGHT_NAMED];
};

// Adds the faults of rows with ids behind from, up to until; newest: the highest id of
// each kind's rows (enrollments, alerts, runs, messages), for what isn't there. Reads
// only.
void reconcile_find_faults(struct care *care, int64_t from, int64_t until,
                           const int64_t newest[NIGHT_FAULTS],
                           struct night_fault faults[NIGHT_FAULTS]);
// Puts a phrase for each kind that has some; their number.
int64_t reconcile_tell_faults(const struct night_fault faults[NIGHT_FAULTS],
                              struct buf *out);
