// What a forecast says, as JSON.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "api/read_forecast.h"

enum { CENT = 100 };

static void put_real(struct json *json, const char *key, double number) {
  struct value value = {.kind = VALUE_REAL, .real = round(number * CENT) / CENT};
  json_key(json, key);
  json_value(json, &value);
}

static int64_t sum(const int64_t *lags) {
  int64_t all = 0;
  for (int i = 0; i < FORECAST_LAGS; i++) all += lags[i];
  return all;
}

static void put_numbers(struct json *json, const char *key, const int64_t *numbers,
                        int count) {
  json_key(json, key);
  json_open(json, '[');
  for (int i = 0; i < count; i++) json_int(json, numbers[i]);
  json_close(json, ']');
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
  if (!step->runs) {  // what a simulation of it must be multiplied by
    put_numbers(json, "by_day", step->planned, forecast->days);
    put_numbers(json, "under_way", step->under_way, FORECAST_LAGS);
  }
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

struct uncounted {
  struct json *json;
  const struct forecast *forecast;
  const char *department, *pathway;
};

static int64_t began(const struct uncounted *uncounted, const char *watch) {
  for (size_t i = 0; i < uncounted->forecast->count; i++) {
    const struct forecast_step *known = &uncounted->forecast->steps[i];
    if (known->watch && !strcmp(known->step, watch) &&
        !strcmp(known->pathway, uncounted->pathway) &&
        !strcmp(known->department, uncounted->department))
      return known->began;
  }
  return 0;
}

static void put_watch(void *self, const char *id, const struct value *body) {
  const struct uncounted *uncounted = self;
  struct json *json = uncounted->json;
  (void)body;
  json_open(json, '{');
  json_key(json, "kind");
  json_text(json, "watch");
  json_key(json, "pathway");
  json_text(json, *uncounted->pathway ? uncounted->pathway : NULL);
  json_key(json, "id");
  json_text(json, id);
  json_key(json, "began");
  json_int(json, began(uncounted, id));
  json_close(json, '}');
}

static void put_watches(void *self, const char *pathway, const struct value *body) {
  struct uncounted *uncounted = self;
  struct value watches = value_field(body, "watches"), watch;
  struct value_iter iter = value_iterate(&watches);
  uncounted->pathway = pathway;
  while (value_next(&iter, NULL, &watch)) {
    struct value id = value_field(&watch, "id");
    char *text = value_copy_text(&id);
    if (text) put_watch(self, text, &watch);
    free(text);
  }
}

static void put_job(void *self, const char *id, const struct value *body) {
  struct json *json = ((struct uncounted *)self)->json;
  (void)body;
  json_open(json, '{');
  json_key(json, "kind");
  json_text(json, "job");
  json_key(json, "id");
  json_text(json, id);
  json_close(json, '}');
}

// What begins by no schedule, or has no patient.
static void put_uncounted(struct json *json, const struct forecast *forecast,
                          const char *department, struct catalog *catalog) {
  struct uncounted uncounted = {json, forecast, department, ""};
  json_key(json, "not_counted");
  json_open(json, '[');
  catalog_each(catalog, department, "watch", put_watch, &uncounted);
  catalog_each(catalog, department, "pathway", put_watches, &uncounted);
  catalog_each(catalog, department, "job", put_job, &uncounted);
  json_close(json, ']');
}

static void put_department(struct json *json, const struct forecast *forecast,
                           const char *department, const struct zone *zone,
                           struct care *care) {
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
    if (!forecast->steps[i].watch && !strcmp(forecast->steps[i].department, department))
      put_step(json, forecast, &forecast->steps[i]);
  json_close(json, ']');
  put_uncounted(json, forecast, department, care->catalog);
  json_close(json, '}');
}

void read_forecast_put(struct care *care, const struct forecast *forecast,
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
                     care_zone(care, forecast->steps[i].department), care);
  json_close(&json, ']');
  json_close(&json, '}');
}
