// Patients by the road that real ones take: a discharge event through the inbox.
#include <assert.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/iso.h"
#include "bench.h"

enum { BATCH_ROWS = 256, STEP_HOURS = 720, PROGRESS = 20000, SECOND_MS = 1000 };
enum { SCATTER = 48271, SCATTER_PRIME = 99999989 };
static const int64_t HOUR_MS = 3600000;

// A hospital counts its patients and stays, but their phones and names come in no order:
// each is a page of its own in an index. One to one below the prime.
static int scatter(int number) {
  return (int)((int64_t)number * SCATTER % SCATTER_PRIME);
}

static void discharge(struct bench *bench, int number, const char *mrn, int texts,
                      int64_t at) {
  struct buf json = {0};
  char id[32], when[ISO_SIZE];
  int apart = scatter(number + 1);
  iso_format(at, care_site_zone(&bench->engine.care), when);
  snprintf(id, sizeof id, "d%d", number);
  buf_printf(&json,
             "{\"id\":\"%s\",\"kind\":\"discharge\",\"at\":\"%s\",\"visit\":\"v%d\","
             "\"department\":\"bench\",\"ward\":\"1\",\"leaving\":\"order\",\"patient\":{"
             "\"mrn\":\"%s\",\"name\":\"患者%d\",\"sex\":\"female\",\"birth\":"
             "\"1956-01-15\",\"phone\":\"139%08d\"},\"data\":{\"texts\":%d},"
             "\"procedures\":[{\"code\":\"81.51\",\"name\":\"全髋关节置换\"}]}",
             id, when, number, mrn, apart, apart, texts);
  bench_submit(bench, id, "event", json.data);
  buf_deinit(&json);
}

// Each cohort gains by its size at every patient; who has most is next. They begin half
// way, so that the last of each comes well before the end.
static struct cohort *next_cohort(struct cohort *list, int count, int total) {
  struct cohort *most = NULL;
  for (int i = 0; i < count; i++) {
    list[i].weight += list[i].count;
    if (list[i].made < list[i].count && (!most || list[i].weight > most->weight))
      most = &list[i];
  }
  if (!most || most->weight < total) return NULL;
  most->weight -= total;
  return most;
}

static void submit_one(struct bench *bench, int number, struct cohort *cohort) {
  char mrn[40];
  int64_t at = clock_now(&bench->clock) - HOUR_MS;
  if (!cohort) {
    snprintf(mrn, sizeof mrn, "m%d", number);
    discharge(bench, number, mrn, 1, at);
    return;
  }
  int position = cohort->made++;
  snprintf(mrn, sizeof mrn, "%s%d", cohort->name, position);
  at = cohort->due - STEP_HOURS * HOUR_MS;
  if (cohort->spread) at += position % cohort->spread * SECOND_MS;
  discharge(bench, number, mrn, cohort->texts, at);
}

static void tell_progress(int done, int count, int64_t started) {
  double seconds = (double)(bench_real_us() - started) / 1e6;
  fprintf(stderr, "  %d of %d enrolled, %.0f/s\n", done, count, done / seconds);
}

void fill_run(struct bench *bench, int count, struct cohort *cohorts, int cohort_count) {
  int64_t started = bench_real_us();
  double cpu = bench_cpu_seconds();
  bench_submit(bench, "chief", "staff.put",
               "{\"login\":\"chief-wang\",\"phone\":\"13911112222\"}");
  for (int i = 0; i < cohort_count; i++) cohorts[i].weight = count / 2;
  for (int i = 0; i < count; i++) {
    submit_one(bench, i, next_cohort(cohorts, cohort_count, count));
    if (i % BATCH_ROWS == BATCH_ROWS - 1) bench_settle(bench);
    if (i && i % PROGRESS == 0) tell_progress(i, count, started);
  }
  bench_settle(bench);
  for (int i = 0; i < cohort_count; i++) assert(cohorts[i].made == cohorts[i].count);
  double seconds = (double)(bench_real_us() - started) / 1e6;
  int64_t asleep = store_int(bench->engine.store, 0,
                             "SELECT count(*) FROM enrollment WHERE status='active'", "");
  printf("asleep %lld cpu_us %.1f seconds %.3f per_second %.0f\n", (long long)asleep,
         (bench_cpu_seconds() - cpu) / count * 1e6, seconds, count / seconds);
}
