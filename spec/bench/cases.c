// Items of feedback that stay open, one after another in so many ms: their clocks come
// due in the same order.
#include <stdio.h>

#include "base/buf.h"
#include "base/iso.h"
#include "bench.h"

enum { BATCH_ROWS = 256, PROGRESS = 20000 };

static void item(struct bench *bench, int number) {
  struct buf json = {0};
  char id[32], when[ISO_SIZE];
  iso_format(clock_now(&bench->clock), care_site_zone(&bench->engine.care), when);
  snprintf(id, sizeof id, "i%d", number);
  buf_printf(&json,
             "{\"id\":\"%s\",\"kind\":\"feedback\",\"at\":\"%s\",\"item\":{\"channel\":"
             "\"%s\",\"nature\":\"complaint\",\"ward\":\"ward-%d\",\"text\":"
             "\"抽血排队两个小时\",\"sender\":{\"phone\":\"139%08d\"}}}",
             id, when, number % 10 ? "hotline" : "web", number % 50, number);
  bench_submit(bench, id, "event", json.data);
  buf_deinit(&json);
}

void cases_run(struct bench *bench, int count, int spread_ms) {
  int64_t started = bench_real_us(), born = clock_now(&bench->clock);
  double cpu = bench_cpu_seconds();
  for (int i = 0; i < count; i++) {
    clock_set(&bench->clock, born + (int64_t)i * spread_ms / count);
    item(bench, i);
    if (i % BATCH_ROWS == BATCH_ROWS - 1) bench_settle(bench);
    if (i && i % PROGRESS == 0) fprintf(stderr, "  %d of %d taken in\n", i, count);
  }
  bench_settle(bench);
  printf(
      "cases %lld per_second %.0f cpu_us %.1f\n",
      (long long)store_int(bench->engine.store, 0,
                           "SELECT count(*) FROM case_file WHERE closed_at IS NULL", ""),
      count / ((double)(bench_real_us() - started) / 1e6),
      (bench_cpu_seconds() - cpu) * 1e6 / count);
}
