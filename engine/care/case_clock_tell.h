// What staff are told of a clock: the alerts "at-risk-NAME" and "breach-NAME".
#pragma once

#include "care/case_clock_row.h"

void case_clock_warn(struct care *care, const struct case_clock *clock);
// One level above the warning.
void case_clock_breach(struct care *care, const struct case_clock *clock);
// The patient is waited for: nobody is paged; afterwards those whose time was over are,
// again, on the level that it had come to. One that runs is warned of anew in its time.
void case_clock_hush(struct care *care, const struct case_clock *clock);
void case_clock_speak(struct care *care, const struct case_clock *clock);
// What was to be told is told: it is met, or over.
void case_clock_untell(struct care *care, const struct case_clock *clock,
                       const char *why);
// The breach says more than the warning.
void case_clock_outgrown(struct care *care, const struct case_clock *clock,
                         const char *why);
