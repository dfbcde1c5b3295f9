// What was found of the period's calls and answers that were heard and read (WARD 27).
#pragma once

#include "care/follow_up_count.h"
#include "care/follow_up_figure.h"

// By when the work was done, for all, its department and who did it.
void follow_up_quality_count(struct store *store, const struct follow_up_period *period,
                             struct follow_up_counters *counters);
