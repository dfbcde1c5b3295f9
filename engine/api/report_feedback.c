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
static void put_weeks(struct json *json, const struct zone *zone, void *self) {
  const struct counting *counting = self;
  json_key(json, "weeks");
  json_open(json, '[');
  for (int i = 0; i < TALLY_WEEKS; i++) json_time(json, counting->period.weeks[i], zone);
  json_close(json, ']');
}

static void answer(void *self, struct call *call) {
  const struct counting *counting = self;
  report_send(call, counting->period.from, counting->period.to, put_weeks, self,
              &counting->found);
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
