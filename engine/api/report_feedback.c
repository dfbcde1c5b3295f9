// GET /api/v1/reports/feedback?from=2026-10-01&to=2026-11-01: what came of feedback in a
// period, counted by a reader on another thread.
#include "api/access.h"
#include "api/beside.h"
#include "api/known.h"
#include "api/read.h"
#include "api/report_period.h"
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

// The days on which they begin.
static void put_weeks(struct json *json, const struct feedback_period *period,
                      const struct zone *zone) {
  json_key(json, "weeks");
  json_open(json, '[');
  for (int i = 0; i < TALLY_WEEKS; i++) json_time(json, period->weeks[i], zone);
  json_close(json, ']');
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
  put_weeks(&json, &counting->period, zone);
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

void report_feedback(struct call *call) {
  bool bad = false;
  struct report_period asked;
  const char *department = known_department_filter(call, &bad);
  if (bad || !report_period_read(call, &asked)) return;
  struct counting *counting = mem_alloc(sizeof *counting);
  *counting =
      (struct counting){.beside = {.count = count, .answer = answer, .free = drop},
                        .departments = access_only(call, department),
                        .period = {.from = asked.from,
                                   .to = asked.to,
                                   .before = asked.before,
                                   .older = asked.older,
                                   .now = kernel_now(call->care->kernel),
                                   .zone = care_site_zone(call->care)}};
  counting->period.departments = counting->departments;
  report_period_weeks(call, &asked, TALLY_WEEKS, counting->period.weeks);
  beside_begin(counting, call);
}
