// Steps ahead that a person has taken out of one patient's plan: they don't begin, and
// when they come due it is kept that they were skipped, and why.
#pragma once

#include "care/care.h"

enum { SKIP_REASON = 16 };

// Inbox "step.skip" { enrollment, step, day?, reason, note?, staff }, reason a word of
// message_cancel_reasons; day may be left out when only one is ahead, and SKIP_ALL is
// every day from now on. "step.unskip" { enrollment, step, day?, staff } puts it back
// while it is ahead.
#define SKIP_ALL "*"
void skip_handlers(struct care *care);
// Whether any step of the enrollment was ever skipped so.
bool skip_any(struct store *store, int64_t enrollment);
// Whether this one was, by the step's id and the occurrence's key.
bool skip_has(struct store *store, int64_t enrollment, const char *step, const char *day);
// The same of one that comes due now: its hour and why it doesn't begin.
bool skip_meet(struct store *store, int64_t enrollment, const char *step, const char *day,
               int64_t due_at, char reason[SKIP_REASON]);
