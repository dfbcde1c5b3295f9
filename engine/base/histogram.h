// How often what took how long: counts of milliseconds in fixed steps.
#pragma once

#include <stdint.h>

#include "base/buf.h"

enum { HISTOGRAM_STEPS = 16 };

struct histogram {                       // zeros: nothing counted yet
  uint64_t counts[HISTOGRAM_STEPS + 1];  // of values up to each step; last: more
  int64_t sum_ms, most_ms;
};

void histogram_add(struct histogram *histogram, int64_t ms);
// Prometheus lines in seconds: name_bucket{label,le="…"}, name_sum, name_count. label may
// be "".
void histogram_put(const struct histogram *histogram, const char *name, const char *label,
                   struct buf *out);
