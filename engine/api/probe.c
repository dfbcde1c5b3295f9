// Metrics, Prometheus text. Names are a contract; labels hold words, never names or ids.
//   afterward_batches_total, afterward_works_total, afterward_submissions_total,
//   afterward_refused_total, afterward_retried_batches_total   what the kernel did
//   afterward_commit_seconds_total      time spent in commits
//   afterward_due_lateness_seconds      how long the earliest due work waits already
//   afterward_begun_late_seconds{class} histogram: how late due works were begun
//   afterward_loop_stall_seconds        histogram: how long sockets waited for the rest;
//   afterward_loop_stall_most_seconds   the longest since the start
//   afterward_messages{status}          messages held, in flight, in doubt
//   afterward_messages_total            messages ever
//   afterward_channel_up{channel}       0 while its provider is dead or set up wrongly
//   afterward_channel_state{channel,state} 1 for the one of up down misconfigured limited
//   afterward_patients_in_bed{department,ward}, …_in_bed_proved, …_in_bed_bound   of them
//                                       with a proved number, with a bound account
//   afterward_runs_stuck, afterward_alerts_open, afterward_tasks_open
//   afterward_inbox_waiting, afterward_inbox_refused
//   afterward_http_requests_total, afterward_http_responses_total{class},
//   afterward_http_bytes_total{direction}, afterward_http_connections,
//   afterward_http_refused_connections_total
//   afterward_page_wrong_codes_total, afterward_page_wrong_births_total,
//   afterward_page_limited_total, afterward_api_unauthorized_total
#include "api/probe.h"

#include <string.h>
#include <sys/statvfs.h>

#include "api/json.h"
#include "api/read_wards.h"

enum { LATE_MS = 5 * 60000, SPACE_MB = 100 };

static int64_t lateness_ms(struct api *api) {
  struct kernel *kernel = api->care->kernel;
  int64_t first = kernel_next_due(kernel), now = kernel_now(kernel);
  return first < now ? now - first : 0;
}

static void check_disk(struct api *api, struct buf *reasons) {
  struct statvfs disk;
  const char *path = store_path(api->care->store);
  if (!path || !*path || strcmp(path, ":memory:") == 0 || statvfs(path, &disk)) return;
  unsigned long long free_mb =
      (unsigned long long)disk.f_bavail * disk.f_frsize / 1000000;
  if (free_mb < SPACE_MB)
    buf_printf(reasons, "the disk has %llu MB left, less than %d\n", free_mb, SPACE_MB);
}

static void check(struct api *api, struct buf *reasons) {
  struct store *store = api->care->store;
  if (store_int(store, 0, "SELECT 1", "") != 1 || store_broken(store))
    buf_puts(reasons, "the database can't be read\n");
  if (lateness_ms(api) > LATE_MS)
    buf_printf(reasons, "due work waits since %lld s\n",
               (long long)(lateness_ms(api) / 1000));
  check_disk(api, reasons);
  if (api->engine.health) api->engine.health(api->engine.self, reasons);
}

static bool may(struct http_request *request) {
  if (!strcmp(request->method, "GET") || !strcmp(request->method, "HEAD")) return true;
  static const struct http_header allow = {"Allow", "GET, HEAD"};
  http_respond(request, 405, &allow, 1, NULL, 0);
  return false;
}

void probe_health(struct api *api, struct http_request *request) {
  static const struct http_header type = {"Content-Type", "application/json"};
  struct buf reasons = {0}, warnings = {0}, out = {0};
  struct json json = {.out = &out};
  if (!may(request)) return;
  check(api, &reasons);
  if (api->engine.warnings) api->engine.warnings(api->engine.self, &warnings);
  json_open(&json, '{');
  json_key(&json, "ok");
  json_bool(&json, !reasons.len);
  json_key(&json, "reasons");
  json_text(&json, buf_text(&reasons));
  json_key(&json, "warnings");
  json_text(&json, buf_text(&warnings));
  json_key(&json, "last_commit");
  json_time(
      &json,
      store_int(api->care->store, 0, "SELECT value FROM meta WHERE key='turn-time'", ""),
      care_site_zone(api->care));
  json_close(&json, '}');
  http_respond(request, reasons.len ? 503 : 200, &type, 1, out.data, out.len);
  buf_deinit(&reasons);
  buf_deinit(&warnings);
  buf_deinit(&out);
}

static void put(struct buf *out, const char *kind, const char *name, double value) {
  buf_printf(out, "# TYPE %s %s\n%s %.15g\n", name, kind, name, value);
}

static void put_kernel(struct api *api, struct buf *out) {
  const struct kernel_stats *stats = kernel_statistics(api->care->kernel);
  put(out, "counter", "afterward_batches_total", (double)stats->batches);
  put(out, "counter", "afterward_works_total", (double)stats->works);
  put(out, "counter", "afterward_submissions_total", (double)stats->submissions);
  put(out, "counter", "afterward_refused_total", (double)stats->refused);
  put(out, "counter", "afterward_retried_batches_total", (double)stats->retried);
  put(out, "counter", "afterward_commit_seconds_total", (double)stats->commit_us / 1e6);
  put(out, "gauge", "afterward_due_lateness_seconds", (double)lateness_ms(api) / 1e3);
}

static void put_late(const struct kernel_stats *stats, struct buf *out) {
  static const char *const labels[DUE_CLASSES] = {
      "class=\"alert\"", "class=\"event\"", "class=\"run\"",  "class=\"message\"",
      "class=\"task\"",  "class=\"plan\"",  "class=\"house\""};
  buf_puts(out, "# TYPE afterward_begun_late_seconds histogram\n");
  for (int i = 0; i < DUE_CLASSES; i++)
    histogram_put(&stats->late[i], "afterward_begun_late_seconds", labels[i], out);
}

// Each from a partial index, so that asking often costs nothing.
static void put_store(struct api *api, struct buf *out) {
  struct store *store = api->care->store;
  static const char *const open_words[] = {"held", "in_flight", "in_doubt"};
  buf_puts(out, "# TYPE afterward_messages gauge\n");
  for (int i = 0; i < 3; i++)
    buf_printf(out, "afterward_messages{status=\"%s\"} %lld\n", open_words[i],
               (long long)store_int(
                   store, 0,
                   "SELECT count(*) FROM message WHERE status=?1 AND"
                   " (status='held' OR status='in_flight' OR status='in_doubt')",
                   "t", open_words[i]));
  put(out, "counter", "afterward_messages_total",
      (double)store_int(store, 0, "SELECT max(id) FROM message", ""));
  put(out, "gauge", "afterward_runs_stuck",
      (double)store_int(store, 0, "SELECT count(*) FROM run WHERE status='stuck'", ""));
  put(out, "gauge", "afterward_alerts_open",
      (double)store_int(store, 0, "SELECT count(*) FROM alert WHERE status<>'closed'",
                        ""));
  put(out, "gauge", "afterward_tasks_open",
      (double)store_int(store, 0,
                        "SELECT count(*) FROM task WHERE status IN ('open','held')", ""));
  put(out, "gauge", "afterward_inbox_waiting",
      (double)store_int(store, 0, "SELECT count(*) FROM arrival", ""));
  put(out, "gauge", "afterward_inbox_refused",
      (double)store_int(store, 0,
                        "SELECT count(*) FROM inbox WHERE state=2 AND kind='event'", ""));
}

static void put_http(const struct http_counters *http, struct buf *out) {
  put(out, "counter", "afterward_http_requests_total", (double)http->requests);
  buf_puts(out, "# TYPE afterward_http_responses_total counter\n");
  for (int i = 2; i < 6; i++)
    buf_printf(out, "afterward_http_responses_total{class=\"%dxx\"} %llu\n", i,
               (unsigned long long)http->by_class[i]);
  buf_printf(out,
             "# TYPE afterward_http_bytes_total counter\n"
             "afterward_http_bytes_total{direction=\"in\"} %llu\n"
             "afterward_http_bytes_total{direction=\"out\"} %llu\n",
             (unsigned long long)http->bytes_in, (unsigned long long)http->bytes_out);
  put(out, "gauge", "afterward_http_connections", http->open);
  put(out, "counter", "afterward_http_refused_connections_total", (double)http->refused);
}

void api_metrics(struct api *api, struct buf *out) {
  put_kernel(api, out);
  put_late(kernel_statistics(api->care->kernel), out);
  put_store(api, out);
  wards_metrics(api, out);
  if (api->engine.http) put_http(api->engine.http(api->engine.self), out);
  put(out, "counter", "afterward_page_wrong_codes_total", (double)api->wrong_codes);
  put(out, "counter", "afterward_page_wrong_births_total", (double)api->wrong_births);
  put(out, "counter", "afterward_page_limited_total", (double)api->limited);
  put(out, "counter", "afterward_api_unauthorized_total", (double)api->unauthorized);
  if (api->engine.metrics) api->engine.metrics(api->engine.self, out);
}

void probe_metrics(struct api *api, struct http_request *request) {
  static const struct http_header type = {"Content-Type",
                                          "text/plain; version=0.0.4; charset=utf-8"};
  struct buf out = {0};
  if (!may(request)) return;
  api_metrics(api, &out);
  http_respond(request, 200, &type, 1, out.data, out.len);
  buf_deinit(&out);
}
