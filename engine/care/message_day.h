// The local day of a moment, for counts by day.
#pragma once

#include "base/zone.h"

enum { DAY_SIZE = 48 };
void day_text(const struct zone *zone, int64_t at, char out[DAY_SIZE]);  // "2026-03-02"
// Midnight so many days on; 0 is today's.
int64_t day_start(const struct zone *zone, int64_t at, int days_on);
