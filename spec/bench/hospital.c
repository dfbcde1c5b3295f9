// Patients discharged over the month that has passed, from several departments: what is
// due for them lies in no order of their rows.
#include <stdio.h>

#include "base/buf.h"
#include "base/iso.h"
#include "bench.h"

enum { BATCH_ROWS = 256, PROGRESS = 20000, SPREAD = 29 * 86400, SECOND_MS = 1000 };
enum { SCATTER = 48271, SCATTER_PRIME = 99999989 };

static int64_t scatter(int number) {
  return (int64_t)(number + 1) * SCATTER % SCATTER_PRIME;
}

static void discharge(struct bench *bench, int number, int departments) {
  struct buf json = {0};
  char id[32], when[ISO_SIZE];
  int64_t apart = scatter(number),
          at = clock_now(&bench->clock) - (apart % SPREAD + 1) * SECOND_MS;
  iso_format(at, care_site_zone(&bench->engine.care), when);
  snprintf(id, sizeof id, "d%d", number);
  buf_printf(&json,
             "{\"id\":\"%s\",\"kind\":\"discharge\",\"at\":\"%s\",\"visit\":\"v%d\","
             "\"department\":\"d%d\",\"ward\":\"1\",\"leaving\":\"order\",\"patient\":{"
             "\"mrn\":\"m%d\",\"name\":\"患者%lld\",\"sex\":\"female\",\"birth\":"
             "\"1956-01-15\",\"phone\":\"139%08lld\"}}",
             id, when, number, number % departments + 1, number, (long long)apart,
             (long long)apart);
  bench_submit(bench, id, "event", json.data);
  buf_deinit(&json);
}

void hospital_run(struct bench *bench, int count, int departments) {
  int64_t started = bench_real_us();
  for (int i = 0; i < count; i++) {
    discharge(bench, i, departments);
    if (i % BATCH_ROWS == BATCH_ROWS - 1) bench_settle(bench);
    if (i && i % PROGRESS == 0)
      fprintf(stderr, "  %d of %d enrolled, %.0f/s\n", i, count,
              i / ((double)(bench_real_us() - started) / 1e6));
  }
  bench_settle(bench);
  printf(
      "enrolled %lld live %lld\n",
      (long long)store_int(bench->engine.store, 0,
                           "SELECT count(*) FROM enrollment WHERE status='active'", ""),
      (long long)store_int(bench->engine.store, 0,
                           "SELECT count(*) FROM run WHERE ended_at IS NULL", ""));
}
