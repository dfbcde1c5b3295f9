// How many of a ward's patients can be reached by a proved number or a bound account:
// counted by a reader on another thread, for metrics once a minute on this one.
#include "api/read_wards.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/beside.h"
#include "api/known.h"
#include "base/civil.h"
#include "base/mem.h"
#include "care/wards.h"

enum { DAYS_USUAL = 30, DAYS_MOST = 366 };
static const int64_t fresh_ms = 60000;

struct counting {  // the wards of one call
  struct beside beside;
  char *departments;  // owned
  int64_t now, since;
  struct wards wards;
};

static void count(void *self, struct store *store) {
  struct counting *counting = self;
  wards_count(store, counting->departments, counting->now, counting->since,
              &counting->wards);
}

static void put_count(struct json *json, const char *name,
                      const struct ward_count *count) {
  char key[32];
  json_number(json, name, count->stays);
  const struct {
    const char *what;
    int64_t number;
  } parts[] = {{"proved", count->proved}, {"bound", count->bound}};
  for (size_t i = 0; i < 2; i++) {
    snprintf(key, sizeof key, "%s_%s", name, parts[i].what);
    json_number(json, key, parts[i].number);
    snprintf(key, sizeof key, "%s_%s_percent", name, parts[i].what);
    json_key(json, key);
    if (count->stays)
      json_int(json, (parts[i].number * 100 + count->stays / 2) / count->stays);
    else
      json_null(json);
  }
}

static void answer(void *self, struct call *call) {
  const struct counting *counting = self;
  struct buf out = {0};
  struct json json = {.out = &out};
  json_open(&json, '{');
  json_key(&json, "since");
  json_time(&json, counting->since, care_site_zone(call->care));
  json_key(&json, "items");
  json_open(&json, '[');
  for (int i = 0; i < counting->wards.count; i++) {
    const struct ward *ward = &counting->wards.list[i];
    json_open(&json, '{');
    json_key(&json, "department");
    json_text(&json, ward->department);
    json_key(&json, "ward");
    json_text(&json, ward->name);
    put_count(&json, "in_bed", &ward->in_bed);
    put_count(&json, "left", &ward->left);
    json_close(&json, '}');
  }
  json_close(&json, ']');
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}

static void drop(void *self) {
  struct counting *counting = self;
  mem_free(counting->departments);
  mem_free(counting);
}

static int64_t read_days(struct call *call, bool *bad) {
  const char *text = call_filter(call, "days", bad);
  if (*bad || !text) return DAYS_USUAL;
  int64_t days = strspn(text, "0123456789") == strlen(text) && strlen(text) < 4
                     ? strtol(text, NULL, 10)
                     : 0;
  if (days >= 1 && days <= DAYS_MOST) return days;
  call_problem(call, 400, "days: must be a number from 1 to %d", DAYS_MOST);
  *bad = true;
  return 0;
}

void read_wards(struct call *call) {
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  int64_t days = bad ? 0 : read_days(call, &bad);
  if (bad) return;
  struct counting *counting = mem_alloc(sizeof *counting);
  counting->beside = (struct beside){.count = count, .answer = answer, .free = drop};
  counting->now = kernel_now(call->care->kernel);
  counting->since = counting->now - days * CIVIL_DAY_MS;
  counting->departments = access_only(call, department);
  beside_begin(counting, call);
}

static void put_label(struct buf *out, const char *text) {
  for (; *text; text++) {
    if (strchr("\"\\", *text)) buf_putc(out, '\\');
    buf_putc(out, *text == '\n' ? ' ' : *text);
  }
}

static void put_gauge(struct buf *out, const char *name, const struct wards *wards,
                      size_t offset) {
  buf_printf(out, "# TYPE %s gauge\n", name);
  for (int i = 0; i < wards->count; i++) {
    const struct ward *ward = &wards->list[i];
    buf_printf(out, "%s{department=\"", name);
    put_label(out, ward->department);
    buf_puts(out, "\",ward=\"");
    put_label(out, ward->name);
    buf_printf(out, "\"} %lld\n",
               (long long)*(const int64_t *)((const char *)&ward->in_bed + offset));
  }
}

// Asked for every few seconds, counted once a minute.
void wards_metrics(struct api *api, struct buf *out) {
  int64_t now = clock_steady_ms();
  if (!api->wards.len || now - api->wards_at > fresh_ms) {
    struct wards *wards = mem_alloc(sizeof *wards);
    buf_clear(&api->wards);
    wards_count(api->care->store, NULL, kernel_now(api->care->kernel), INT64_MAX, wards);
    put_gauge(&api->wards, "afterward_patients_in_bed", wards,
              offsetof(struct ward_count, stays));
    put_gauge(&api->wards, "afterward_patients_in_bed_proved", wards,
              offsetof(struct ward_count, proved));
    put_gauge(&api->wards, "afterward_patients_in_bed_bound", wards,
              offsetof(struct ward_count, bound));
    mem_free(wards);
    api->wards_at = now;
  }
  buf_put(out, api->wards.data, api->wards.len);
}
