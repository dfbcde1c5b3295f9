// Days on which patients are left alone but for what is about safety (WARD 20): the
// site's own, else those of kind festival in the scripts' shared/calendar/cn.csv.
#pragma once

#include "care/care.h"

bool festival_at(struct care *care, const struct zone *zone, int64_t ms);
bool festival_knows_year(struct care *care, int year);  // has it any of that year
void festival_put(struct care *care, struct buf *out);  // "2027-02-05,…", or "none"
