// What a turn costs when its journal is short and when it is long.
#include <stdio.h>

#include "bench.h"

enum { RECORDS_A_WAIT = 2, FEW = 20, SOME = 2, MANY = 10 };
static const int64_t HOUR_MS = 3600000;

// Every run waits an hour again and again; it is measured around the wait at which its
// journal has so many records.
void turns_run(struct bench *bench, int records, int runs) {
  int64_t start = clock_now(&bench->clock);
  int waits = records / RECORDS_A_WAIT, measured = waits < FEW ? SOME : MANY;
  struct cohort cohort = {
      .name = "turn", .count = runs, .texts = waits + measured, .due = start + HOUR_MS};
  fill_run(bench, runs, &cohort, 1);
  int64_t from = start + HOUR_MS / 2 + (waits - measured / 2 + 1) * HOUR_MS;
  bench_advance(bench, from);
  int64_t batches = kernel_statistics(bench->engine.kernel)->batches,
          began = bench_real_us();
  double cpu = bench_cpu_seconds();
  bench_advance(bench, from + measured * HOUR_MS);
  cpu = bench_cpu_seconds() - cpu;
  int turns = runs * measured;
  batches = kernel_statistics(bench->engine.kernel)->batches - batches;
  printf(
      "turns %d turn_cpu_us %.1f turn_wall_us %.1f batches %lld records %lld\n", turns,
      cpu / turns * 1e6, (double)(bench_real_us() - began) / turns, (long long)batches,
      (long long)store_int(bench->engine.store, 0, "SELECT max(records) FROM run", ""));
}
