// Readings of one code as scripts get them: short lists, oldest first.
#pragma once

#include "care/facts.h"

// A list of {at, code, day, value} and, where known, {high, low, unit}; options {within,
// since, last, each}: each = "day" gives the last one of each day. What was corrected or
// taken back is not in it.
int series_read(const struct subject *subject, const char *code,
                const struct value *options, struct buf *out, struct status *status);
