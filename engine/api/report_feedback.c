// GET /api/v1/reports/feedback?from=2026-10-01&to=2026-11-01: what came of feedback in a
// period, counted by a reader on another thread.
#include <string.h>

#include "api/access.h"
#include "api/beside.h"
#include "api/known.h"
#include "api/read.h"
#include "base/civil.h"
#include "base/mem.h"
#include "care/feedback_count.h"

struct counting {
  struct beside beside;
  char *departments;  // owned
  struct feedback_period period;
  struct buf found;
};

static void count(void *self, struct store *store) {
  struct counting *counting = self;
  feedback_count(store, &counting->period, &counting->found);
}

static void drop(void *self) {
  struct counting *counting = self;
  buf_deinit(&counting->found);
  mem_free(counting->departments);
  mem_free(counting);
}

static void answer(void *self, struct call *call) {
  const struct counting *counting = self;
  const struct zone *zone = care_site_zone(call->care);
  struct buf out = {0};
  struct json json = {.out = &out};
  struct value found, key, item;
  value_read(counting->found.data, counting->found.len, &found);
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
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
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
  *counting =
      (struct counting){.beside = {.count = count, .answer = answer, .free = drop},
                        .departments = access_only(call, department),
                        .period = period};
  counting->period.departments = counting->departments;
  beside_begin(counting, call);
}
