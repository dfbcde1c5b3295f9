#include "base/histogram.h"

static const int64_t steps[HISTOGRAM_STEPS] = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 60000, 300000, 3600000};

void histogram_add(struct histogram *histogram, int64_t ms) {
  int step = 0;
  while (step < HISTOGRAM_STEPS && ms > steps[step]) step++;
  histogram->counts[step]++;
  histogram->sum_ms += ms;
  if (ms > histogram->most_ms) histogram->most_ms = ms;
}

void histogram_put(const struct histogram *histogram, const char *name, const char *label,
                   struct buf *out) {
  const char *comma = *label ? "," : "";
  uint64_t count = 0;
  for (int step = 0; step < HISTOGRAM_STEPS; step++) {
    count += histogram->counts[step];
    buf_printf(out, "%s_bucket{%s%sle=\"%.15g\"} %llu\n", name, label, comma,
               (double)steps[step] / 1e3, (unsigned long long)count);
  }
  count += histogram->counts[HISTOGRAM_STEPS];
  buf_printf(out, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", name, label, comma,
             (unsigned long long)count);
  const char *open = *label ? "{" : "", *close = *label ? "}" : "";
  buf_printf(out, "%s_sum%s%s%s %.15g\n%s_count%s%s%s %llu\n", name, open, label, close,
             (double)histogram->sum_ms / 1e3, name, open, label, close,
             (unsigned long long)count);
}
