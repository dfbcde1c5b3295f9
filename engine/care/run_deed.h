// What staff do with a run that went wrong or must wait: each with who and why in the
// audit.
#pragma once

#include "care/care.h"

// Inbox "run.deed" { verb, run, staff, reason, label? }: pause resume cancel skip retry
// reset waive; and "run.upgrade".
void run_deed_handlers(struct care *care);
// A person paused it.
bool run_is_held(struct store *store, int64_t run);
// As if the time of what it waits for were up.
void run_time_up(struct care *care, struct run *run, int64_t due);
