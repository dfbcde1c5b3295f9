#include "api/read_forecast.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/known.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/forecast.h"

enum { SLICE_MS = 4, PAUSE_MS = 1, WEEKS = 4, WEEK = 7 };

struct forecasting {
  struct api *api;
  struct http_request *request;
  char *departments;         // JSON list, NULL: all; owned
  struct loop_job *job;      // while another thread counts what was
  struct loop_timer *slice;  // while plans are gone through
  atomic_bool stop;
  struct forecast forecast;
};

static void put_real(struct json *json, const char *key, double number) {
  struct value value = {.kind = VALUE_REAL, .real = round(number * 100) / 100};
  json_key(json, key);
  json_value(json, &value);
}

static int64_t sum(const int64_t *lags) {
  int64_t all = 0;
  for (int i = 0; i < FORECAST_LAGS; i++) all += lags[i];
  return all;
}

static void put_step(struct json *json, const struct forecast *forecast,
                     const struct forecast_step *step) {
  int64_t planned = 0;
  double runs = step->runs ? (double)step->runs : 1;
  for (int i = 0; i < forecast->days; i++) planned += step->planned[i];
  json_open(json, '{');
  json_key(json, "pathway");
  json_text(json, step->pathway);
  json_key(json, "step");
  json_text(json, step->step);
  json_key(json, "planned");
  json_int(json, planned);
  json_key(json, "basis");
  json_text(json, step->runs ? "history" : "none");
  json_key(json, "runs");
  json_int(json, step->runs);
  put_real(json, "sends_each", (double)sum(step->sends) / runs);
  put_real(json, "tasks_each", (double)sum(step->tasks) / runs);
  put_real(json, "calls_each", (double)sum(step->calls) / runs);
  json_close(json, '}');
}

static void put_day(struct json *json, const struct forecast *forecast,
                    const char *department, const struct zone *zone, int day) {
  struct forecast_day expected = {0};
  struct civil date = {0};
  char text[16];
  for (size_t i = 0; i < forecast->count; i++)
    if (!strcmp(forecast->steps[i].department, department))
      forecast_add(&forecast->steps[i], day, &expected);
  civil_set_days(&date, zone_to_local(zone, forecast->now) / CIVIL_DAY_MS + day);
  snprintf(text, sizeof text, "%04u-%02u-%02u", (unsigned)date.year % 10000,
           (unsigned)date.month % 100, (unsigned)date.day % 100);
  json_open(json, '{');
  json_key(json, "day");
  json_text(json, text);
  put_real(json, "steps", expected.steps);
  put_real(json, "sends", expected.sends);
  put_real(json, "tasks", expected.tasks);
  put_real(json, "calls", expected.calls);
  json_close(json, '}');
}

static bool is_first(const struct forecast *forecast, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (!strcmp(forecast->steps[i].department, forecast->steps[at].department))
      return false;
  return true;
}

static void put_department(struct json *json, const struct forecast *forecast,
                           const char *department, const struct zone *zone) {
  json_open(json, '{');
  json_key(json, "department");
  json_text(json, department);
  json_key(json, "days");
  json_open(json, '[');
  for (int day = 0; day < forecast->days; day++)
    put_day(json, forecast, department, zone, day);
  json_close(json, ']');
  json_key(json, "steps");
  json_open(json, '[');
  for (size_t i = 0; i < forecast->count; i++)
    if (!strcmp(forecast->steps[i].department, department))
      put_step(json, forecast, &forecast->steps[i]);
  json_close(json, ']');
  json_close(json, '}');
}

static void put_forecast(struct care *care, const struct forecast *forecast,
                         struct buf *out) {
  struct json json = {.out = out};
  json_open(&json, '{');
  json_key(&json, "at");
  json_time(&json, forecast->now, care_site_zone(care));
  json_key(&json, "departments");
  json_open(&json, '[');
  for (size_t i = 0; i < forecast->count; i++)
    if (is_first(forecast, i))
      put_department(&json, forecast, forecast->steps[i].department,
                     care_zone(care, forecast->steps[i].department));
  json_close(&json, ']');
  json_close(&json, '}');
}

static void forecasting_free(struct forecasting *self) {
  self->api->forecasting = NULL;
  loop_timer_free(self->slice);
  forecast_deinit(&self->forecast);
  mem_free(self->departments);
  mem_free(self);
}

static void end(struct forecasting *self) {
  struct call call = {.api = self->api, .request = self->request};
  struct buf out = {0};
  if (self->forecast.failed) {
    call_problem(&call, 503, "what was could not be read; the log says why");
  } else {
    put_forecast(self->api->care, &self->forecast, &out);
    call_send(&call, 200, &out, NULL);
  }
  buf_deinit(&out);
  forecasting_free(self);
}

static void plan(void *ctx) {
  struct forecasting *self = ctx;
  if (forecast_plan(self->api->care, self->departments, SLICE_MS, &self->forecast))
    loop_timer_arm(self->slice, PAUSE_MS);
  else
    end(self);
}

// On the other thread.
static void count(void *ctx) {
  struct forecasting *self = ctx;
  struct status status = {0};
  struct store *reader;
  if (store_open_beside(&reader, self->api->care->store, &status)) {
    log_line(LOG_LEVEL_ERROR, "forecast.failed", "reason=\"%s\"", status.text);
    self->forecast.failed = true;
    return;
  }
  forecast_history(reader, self->departments, &self->stop, &self->forecast);
  store_close(reader);
}

static void counted(void *ctx) {
  struct forecasting *self = ctx;
  self->job = NULL;
  self->slice = loop_timer_new(self->api->loop, plan, self);
  loop_timer_arm(self->slice, 0);
}

static void begin(struct forecasting *self) {
  struct care *care = self->api->care;
  if (self->api->loop && store_has_file(care->store)) {
    self->job = loop_job_new(self->api->loop, count, counted, self);
    return;
  }
  forecast_history(care->store, self->departments, NULL, &self->forecast);
  forecast_plan(care, self->departments, 0, &self->forecast);
  end(self);
}

static int weeks_of(struct call *call, bool *bad) {
  const char *text = call_filter(call, "weeks", bad);
  char *rest;
  if (*bad || !text) return WEEKS;
  long weeks = strtol(text, &rest, 10);
  if (!*rest && weeks >= 1 && weeks <= FORECAST_DAYS / WEEK) return (int)weeks;
  call_problem(call, 400, "weeks must be 1 to %d", FORECAST_DAYS / WEEK);
  *bad = true;
  return 0;
}

static void put_one(const char *department, struct buf *out) {
  struct json json = {.out = out};
  json_open(&json, '[');
  json_text(&json, department);
  json_close(&json, ']');
}

void read_forecast(struct call *call) {
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  int weeks = bad ? 0 : weeks_of(call, &bad);
  struct buf only = {0};
  if (bad) return;
  if (call->api->forecasting) {
    call_problem(call, 503, "a forecast is being made already; ask again in a minute");
    return;
  }
  if (department) put_one(department, &only);
  struct forecasting *self = call->api->forecasting = mem_alloc(sizeof *self);
  self->api = call->api;
  self->request = call->request;
  self->departments = mem_copy_text(department ? only.data : access_departments(call));
  self->forecast =
      (struct forecast){.days = weeks * WEEK, .now = kernel_now(call->care->kernel)};
  call->request = NULL;
  buf_deinit(&only);
  begin(self);
}

void read_forecast_stop(struct api *api) {
  struct forecasting *self = api->forecasting;
  if (!self) return;
  atomic_store(&self->stop, true);
  loop_job_free(self->job);
  http_respond_problem(self->request, 503,
                       "the service is stopping; send it again in a minute");
  forecasting_free(self);
}
