// Times as text: ISO 8601 and the digits-only form of HL7.
#pragma once

#include "base/zone.h"

enum { ISO_SIZE = 40 };

// "2026-03-02T15:00:00+08:00", "2026-03-02 15:00", "2026-03-02", "20260302150000"; a time
// without offset is in the zone, a date alone is its midnight.
int iso_parse(const char *text, const struct zone *zone, int64_t *ms,
              struct status *status);
// "2026-03-02T15:00:00+08:00", with ".250" when there are milliseconds.
void iso_format(int64_t ms, const struct zone *zone, char out[ISO_SIZE]);
