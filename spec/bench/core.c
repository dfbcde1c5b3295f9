// Measures the core: bench_core turns|fill|raw DIR COUNT. Prints one line "name value
// name value …".
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "care/patient.h"
#include "engine.h"

enum { BATCH_ROWS = 64, WAITS = 5 };
static const int64_t START_MS = 1772434800000;  // 2026-03-02 15:00 Shanghai, a Monday
static const int64_t HOUR_MS = 3600000;

struct bench {
  struct engine engine;
  struct clock clock;
};

static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void must(int code, const struct status *status) {
  if (!code) return;
  fprintf(stderr, "bench_core: %s\n", status->text);
  exit(1);
}

static void open_bench(struct bench *bench, const char *folder) {
  struct status status = {0};
  struct store *store;
  struct buf path = {0}, settings = {0};
  struct value view;
  buf_printf(&path, "%s/afterward.db", folder);
  value_end(&settings, value_begin_map(&settings), 0);
  value_read(settings.data, settings.len, &view);
  clock_init_set(&bench->clock, START_MS);
  must(store_open(&store, path.data, &status), &status);
  must(engine_open(&bench->engine, store, &bench->clock, &view, &status), &status);
  must(engine_activate_all(&bench->engine, "spec/bench/scripts", "bench", &status),
       &status);
  buf_deinit(&path);
  buf_deinit(&settings);
}

static void settle(struct bench *bench) {
  struct status status = {0};
  if (!engine_settle(&bench->engine, &status)) must(status.code, &status);
}

static void submit_discharge(struct bench *bench, int number) {
  struct buf json = {0}, posted = {0}, clean = {0};
  struct status status = {0};
  struct value view;
  char id[32];
  buf_printf(&json,
             "{\"id\":\"d%d\",\"kind\":\"discharge\",\"at\":\"2026-03-02T14:00:00+08:"
             "00\",\"visit\":\"v%d\","
             "\"department\":\"bench\",\"ward\":\"1\",\"leaving\":\"order\",\"patient\":{"
             "\"mrn\":\"m%d\","
             "\"name\":\"患者%d\",\"sex\":\"female\",\"birth\":\"1956-01-15\",\"phone\":"
             "\"139%08d\"},"
             "\"procedures\":[{\"code\":\"81.51\",\"name\":\"全髋关节置换\"}]}",
             number, number, number, number, number + 10000000);
  must(value_from_json(&posted, json.data, json.len, &status), &status);
  value_read(posted.data, posted.len, &view);
  must(event_check(&view, &clean, &status), &status);
  value_read(clean.data, clean.len, &view);
  snprintf(id, sizeof id, "d%d", number);
  kernel_submit(bench->engine.kernel, "bench", id, "event", &view, INBOX_RECORDED, NULL,
                NULL);
  buf_deinit(&json);
  buf_deinit(&posted);
  buf_deinit(&clean);
}

static void fill(struct bench *bench, int count) {
  for (int i = 0; i < count; i++) {
    submit_discharge(bench, i);
    if (i % BATCH_ROWS == BATCH_ROWS - 1) settle(bench);
  }
  settle(bench);
}

static void advance(struct bench *bench, int64_t until) {
  for (int64_t next; (next = kernel_next_due(bench->engine.kernel)) <= until;) {
    clock_set(&bench->clock,
              next > clock_now(&bench->clock) ? next : clock_now(&bench->clock));
    settle(bench);
  }
}

// Every run has waited five times when it is measured: a turn replays ten records and
// gives one command.
static void bench_turns(const char *folder, int count) {
  struct bench bench = {0};
  open_bench(&bench, folder);
  fill(&bench, count);
  advance(&bench, START_MS + 24 * HOUR_MS + WAITS * HOUR_MS - HOUR_MS / 2);
  int64_t before = kernel_statistics(bench.engine.kernel)->batches,
          wall = clock_steady_ms();
  double cpu = cpu_seconds();
  advance(&bench, START_MS + 24 * HOUR_MS + WAITS * HOUR_MS + HOUR_MS / 2);
  cpu = cpu_seconds() - cpu;
  wall = clock_steady_ms() - wall;
  printf("turns %d cpu_us %.1f wall_us %.1f batches %lld\n", count, cpu / count * 1e6,
         (double)wall / count * 1000,
         (long long)(kernel_statistics(bench.engine.kernel)->batches - before));
  engine_close(&bench.engine, NULL);
}

static void bench_fill(const char *folder, int count) {
  struct bench bench = {0};
  open_bench(&bench, folder);
  int64_t wall = clock_steady_ms();
  double cpu = cpu_seconds();
  fill(&bench, count);
  cpu = cpu_seconds() - cpu;
  wall = clock_steady_ms() - wall;
  int64_t asleep = store_int(bench.engine.store, 0,
                             "SELECT count(*) FROM enrollment WHERE status='active'", "");
  printf("asleep %lld cpu_us %.1f per_second %.0f\n", (long long)asleep,
         cpu / count * 1e6, count * 1000.0 / (double)wall);
  engine_close(&bench.engine, NULL);
}

// The disk alone: a commit of as many one-row inserts as the engine puts into a batch.
static void bench_raw(const char *folder, int count) {
  struct status status = {0};
  struct store *store;
  struct buf path = {0};
  buf_printf(&path, "%s/raw.db", folder);
  must(store_open(&store, path.data, &status), &status);
  int64_t wall = clock_steady_ms();
  double cpu = cpu_seconds();
  for (int i = 0; i < count;) {
    must(store_begin(store, &status), &status);
    for (int row = 0; row < BATCH_ROWS; row++, i++)
      store_exec(store, "INSERT INTO note (patient, at, text) VALUES (?1, ?2, ?3)", "iit",
                 (int64_t)i, START_MS,
                 "a row of about the size of a journal row, so that the comparison is "
                 "fair to both sides of it");
    must(store_commit(store, &status), &status);
  }
  cpu = cpu_seconds() - cpu;
  wall = clock_steady_ms() - wall;
  printf("rows %d cpu_us %.1f wall_us %.1f\n", count, cpu / count * 1e6,
         (double)wall / count * 1000);
  store_close(store);
  buf_deinit(&path);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fputs("Usage: bench_core turns|fill|raw DIR COUNT\n", stderr);
    return 2;
  }
  if (!strcmp(argv[1], "turns"))
    bench_turns(argv[2], atoi(argv[3]));
  else if (!strcmp(argv[1], "fill"))
    bench_fill(argv[2], atoi(argv[3]));
  else
    bench_raw(argv[2], atoi(argv[3]));
  return 0;
}
