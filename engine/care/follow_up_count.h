// What came of follow-up in a period (WARD 26): the stays that ended in it, whether their
// patients were reached, and the calls, tasks and alerts of their enrollments; for all,
// and for each department, ward, pathway and person. Counted by a reader, without names.
#pragma once

#include "care/care.h"

struct follow_up_period {
  int64_t from, to, now;    // stays that ended from `from` on, before `to`
  const char *departments;  // as access_departments gives them
};

// Appends an encoded map: total: {figure: number}, by: {department|ward|pathway|person:
// [{key, figure: number …}]}, with median_ack_ms in each. The figures are those of the
// table in follow_up_figure.c; docs/reports.md says what each counts.
void follow_up_count(struct store *store, const struct follow_up_period *period,
                     struct buf *out);
