// What staff are told of a clock: the alerts "at-risk-NAME" and "breach-NAME".
#pragma once

#include "care/case_clock_row.h"

// Opens the alert of a level, "at-risk" or "breach"; what: "runs out soon".
void case_clock_tell(struct care *care, const struct case_clock *clock, const char *level,
                     const char *what);
// What was to be told is told: it is met, or over.
void case_clock_untell(struct care *care, const struct case_clock *clock,
                       const char *why);
// The breach says more than the warning.
void case_clock_outgrown(struct care *care, const struct case_clock *clock,
                         const char *why);
