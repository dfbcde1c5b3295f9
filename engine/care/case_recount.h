// Counting again: when a calendar has changed, the running clocks of its department are
// counted anew in the background, soonest first, in works of some milliseconds. Those
// that ended or ran out stay as they were; one that comes due before its turn is counted
// by the new calendar then.
#pragma once

#include "care/care.h"

void case_recount_handlers(struct care *care);  // WORK_RECOUNT
// Within a transaction: begins, or begins anew.
void case_recount_begin(struct care *care, const char *department);
