// Clocks of cases, kept by C from data: they go on when a script is stuck. A clock's
// deadline is derived from the ledger: its span counted from its start, without the time
// in which the case waited for the patient (clock_time.h).
#pragma once

#include "care/care.h"

void case_clock_handlers(struct care *care);  // WORK_CLOCK
// The clocks of a round, a list of {name, span, from, extend, pauses}; those without from
// begin now.
void case_clock_begin(struct care *care, int64_t enrollment, int64_t round,
                      const struct value *clocks);
// The same of the last round again.
void case_clock_begin_again(struct care *care, int64_t enrollment, int64_t round);
void case_clock_met(struct care *care, int64_t enrollment, const char *name);
// When it is due, 0: it does not run. again: as it will be once the case is reopened now.
int64_t case_clock_due(struct care *care, int64_t enrollment, const char *name,
                       bool again);
// Waiting for the patient: no clock of the case runs.
void case_clock_pause(struct care *care, int64_t enrollment, int64_t question,
                      const char *reason);
void case_clock_resume(struct care *care,
                       int64_t enrollment);  // nothing unless it is paused
void case_clock_end_all(struct care *care, int64_t enrollment);
// The clock of this name in the round that goes on; 0: there is none.
int64_t case_clock_find(struct care *care, int64_t enrollment, const char *name);
// The case is of another class, which has these clocks: those that run and are not among
// them are over, as replaced; new ones count from when the round began; what is met is.
void case_clock_follow(struct care *care, int64_t enrollment, int64_t round,
                       const struct value *clocks);
