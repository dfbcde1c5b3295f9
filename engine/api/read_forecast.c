#include "api/read_forecast.h"

#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/known.h"
#include "base/log.h"
#include "base/mem.h"

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
    call_problem(&call, 500, "the database could not be read; the log says why");
  } else {
    read_forecast_put(self->api->care, &self->forecast, &out);
    call_send(&call, 200, &out, NULL);
  }
  buf_deinit(&out);
  forecasting_free(self);
}

static void plan(void *ctx) {
  struct forecasting *self = ctx;
  api_read_begin(self->api);
  bool more =
      forecast_plan(self->api->care, self->departments, SLICE_MS, &self->forecast);
  self->forecast.failed |= api_read_failed(self->api);
  if (more)
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

void read_forecast(struct call *call) {
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  int weeks = bad ? 0 : weeks_of(call, &bad);
  if (bad) return;
  if (call->api->forecasting) {
    call_problem(call, 503, "a forecast is being made already; ask again in a minute");
    return;
  }
  struct forecasting *self = call->api->forecasting = mem_alloc(sizeof *self);
  self->api = call->api;
  self->request = call->request;
  self->departments = access_only(call, department);
  self->forecast =
      (struct forecast){.days = weeks * WEEK, .now = kernel_now(call->care->kernel)};
  call->request = NULL;
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
