#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/iso.h"
#include "care/event_check.h"

static const int64_t SECOND_MS = 1000;

void bench_must(int code, const struct status *status) {
  if (!code) return;
  fprintf(stderr, "bench_core: %s\n", status->text);
  exit(1);
}

int64_t bench_time(const char *text) {
  struct zones zones;
  const struct zone *zone;
  struct status status = {0};
  int64_t out;
  zones_init(&zones, NULL);
  bench_must(zones_find(&zones, "Asia/Shanghai", &zone, &status), &status);
  bench_must(iso_parse(text, zone, &out, &status), &status);
  zones_deinit(&zones);
  return out;
}

static void activate(struct bench *bench, const char *scripts, const char *department) {
  struct sources sources = {0};
  struct bundle_report report = {0};
  struct status status = {0};
  bench_must(sources_read(&sources, scripts, department, &status), &status);
  bench_must(engine_activate(&bench->engine, department, &sources, "bench", false,
                             &report, &status),
             &status);
  bundle_report_deinit(&report);
  sources_deinit(&sources);
}

static void activate_all(struct bench *bench, const char *scripts) {
  struct departments departments = {0};
  struct status status = {0};
  bench_must(sources_departments(scripts, &departments, &status), &status);
  for (int i = 0; i < departments.count; i++)
    activate(bench, scripts, departments.names[i]);
  departments_deinit(&departments);
}

void bench_open(struct bench *bench, const char *folder, const char *scripts,
                int64_t now) {
  struct status status = {0};
  struct store *store;
  struct buf path = {0}, settings = {0}, json = {0};
  struct value view;
  *bench = (struct bench){0};
  buf_printf(&path, "%s/afterward.db", folder);
  buf_puts(&json, "{\"mass_limit\":1000000}");
  bench_must(value_from_json(&settings, json.data, json.len, &status), &status);
  value_read(settings.data, settings.len, &view);
  clock_init_set(&bench->clock, now);
  bench_must(store_open(&store, path.data, &status), &status);
  bench_must(engine_open(&bench->engine, store, &bench->clock, &view, &status), &status);
  bench->channel.care = &bench->engine.care;
  bench->engine.care.channels = sim_channel_port(&bench->channel);
  activate_all(bench, scripts);
  buf_deinit(&path);
  buf_deinit(&json);
  buf_deinit(&settings);
}

void bench_close(struct bench *bench) {
  engine_close(&bench->engine, NULL);
  sim_channel_deinit(&bench->channel);
}

void bench_settle(struct bench *bench) {
  struct status status = {0};
  if (!engine_settle(&bench->engine, &status)) bench_must(status.code, &status);
}

void bench_advance(struct bench *bench, int64_t until) {
  for (int64_t next; (next = kernel_next_due(bench->engine.kernel)) <= until;) {
    int64_t now = clock_now(&bench->clock);
    clock_set(&bench->clock, next > now ? next : now);
    bench_settle(bench);
  }
  if (until > clock_now(&bench->clock)) clock_set(&bench->clock, until);
}

void bench_submit(struct bench *bench, const char *id, const char *kind,
                  const char *json) {
  struct buf posted = {0}, clean = {0};
  struct status status = {0};
  struct value view;
  bench_must(value_from_json(&posted, json, strlen(json), &status), &status);
  value_read(posted.data, posted.len, &view);
  if (!strcmp(kind, "event")) {
    bench_must(event_check(&view, bench->engine.measures, &clean, &status), &status);
    value_read(clean.data, clean.len, &view);
  }
  kernel_submit(bench->engine.kernel, "bench", id, kind, &view, INBOX_RECORDED, NULL,
                NULL);
  buf_deinit(&posted);
  buf_deinit(&clean);
}

double bench_cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int64_t bench_real_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / SECOND_MS;
}
