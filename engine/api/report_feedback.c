// GET /api/v1/reports/feedback?from=2026-10-01&to=2026-11-01: what came of feedback in a
// period, counted by a reader on another thread.
#include <string.h>

#include "api/access.h"
#include "api/known.h"
#include "api/pending.h"
#include "api/read.h"
#include "base/civil.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/feedback_count.h"
#include "io/loop.h"

struct counting {
  struct pending *pending;
  char *departments;  // owned
  struct feedback_period period;
  struct buf found;
  bool failed;
};

// On another thread.
static void count(void *self) {
  struct counting *counting = self;
  struct status status = {0};
  struct store *reader;
  if (store_open_beside(&reader, counting->pending->api->care->store, &status)) {
    log_line(LOG_LEVEL_ERROR, "report.failed", "reason=\"%s\"", status.text);
    counting->failed = true;
    return;
  }
  feedback_count(reader, &counting->period, &counting->found);
  counting->failed = store_failures(reader) > 0;
  store_close(reader);
}

static void drop(void *self) {
  struct counting *counting = self;
  buf_deinit(&counting->found);
  mem_free(counting->departments);
  mem_free(counting);
}

static void answer(const struct counting *counting) {
  struct pending *pending = counting->pending;
  struct call call = {.api = pending->api,
                      .care = pending->api->care,
                      .request = pending->request,
                      .caller = pending->caller};
  const struct zone *zone = care_site_zone(call.care);
  struct buf out = {0};
  struct json json = {.out = &out};
  struct value found, key, item;
  api_read_begin(pending->api);
  if (counting->failed ||
      !value_read(counting->found.data, counting->found.len, &found)) {
    call_problem(&call, 500, "the database could not be read; the log says why");
    return;
  }
  json_open(&json, '{');
  json_key(&json, "from");
  json_time(&json, counting->period.from, zone);
  json_key(&json, "to");
  json_time(&json, counting->period.to, zone);
  struct value_iter iter = value_iterate(&found);
  while (value_next(&iter, &key, &item)) {
    char *name = value_copy_text(&key);
    json_key(&json, name);
    json_value(&json, &item);
    mem_free(name);
  }
  json_close(&json, '}');
  call_send(&call, 200, &out, NULL);
  buf_deinit(&out);
}

static void counted(void *self) {
  struct counting *counting = self;
  struct pending *pending = counting->pending;
  answer(counting);
  pending->job = NULL;
  pending->held = NULL;
  drop(counting);
  pending_free(pending);
}

// The beginning of a day in the site's zone.
static bool read_day(struct call *call, const char *name, int64_t *out) {
  bool bad = false;
  int64_t days;
  const char *text = call_filter(call, name, &bad);
  if (bad) return false;
  if (!text || !civil_parse_date(text, strlen(text), &days)) {
    call_problem(call, 400, "%s: must be a day, such as 2026-10-01", name);
    return false;
  }
  struct civil midnight = {0};
  civil_set_days(&midnight, days);
  *out = zone_ms(care_site_zone(call->care), &midnight);
  return true;
}

static char *only(const char *department) {
  struct buf out = {0};
  struct json json = {.out = &out};
  json_open(&json, '[');
  json_text(&json, department);
  json_close(&json, ']');
  return buf_take(&out);
}

void report_feedback(struct call *call) {
  bool bad = false;
  struct feedback_period period = {0};
  const char *department = known_department_filter(call, &bad);
  if (bad || !read_day(call, "from", &period.from) || !read_day(call, "to", &period.to))
    return;
  if (period.to <= period.from) {
    call_problem(call, 400, "to: must lie behind from");
    return;
  }
  struct counting *counting = mem_alloc(sizeof *counting);
  counting->departments =
      department ? only(department) : mem_copy_text(access_departments(call));
  period.departments = counting->departments;
  counting->period = period;
  struct pending *pending = pending_new(call->api, call->request, NULL);
  call->request = NULL;
  counting->pending = pending;
  pending->caller = call->caller;
  pending->held = counting;
  pending->drop = drop;
  if (call->api->loop && store_has_file(call->care->store)) {
    pending->job = loop_job_new(call->api->loop, count, counted, counting);
    return;
  }
  feedback_count(call->care->store, &counting->period, &counting->found);
  counted(counting);
}
