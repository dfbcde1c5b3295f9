// After the clock has jumped, messages to patients wait until a person says that it is
// right: a wrong date would send them a month's follow-up at once.
#pragma once

#include "care/care.h"

enum { CLOCK_NOTED_MS = 2000, CLOCK_HELD_MS = 3600000 };  // jumps logged; that hold

// Inbox "clock.confirm" {by}; whether it holds since before the start.
void clock_hold_handlers(struct care *care);
// What the watch saw: logged, and over an hour held from the next batch on.
void clock_jumped(struct care *care, int64_t jump_ms);
