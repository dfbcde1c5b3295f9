// GET /api/v1/reports/follow-up?from=2026-10-01&to=2026-11-01: what came of follow-up
// after the stays that ended in a period, counted by a reader on another thread.
#include "api/access.h"
#include "api/beside.h"
#include "api/known.h"
#include "api/read.h"
#include "api/report_period.h"
#include "base/mem.h"
#include "care/follow_up_count.h"

struct counting {
  struct beside beside;
  char *departments;  // owned
  struct follow_up_period period;
  struct buf found;
};

static void count(void *self, struct store *store) {
  struct counting *counting = self;
  follow_up_count(store, &counting->period, &counting->found);
}

static void drop(void *self) {
  struct counting *counting = self;
  buf_deinit(&counting->found);
  mem_free(counting->departments);
  mem_free(counting);
}

static void answer(void *self, struct call *call) {
  const struct counting *counting = self;
  report_send(call, counting->period.from, counting->period.to, NULL, NULL,
              &counting->found);
}

void report_follow_up(struct call *call) {
  bool bad = false;
  struct report_period asked;
  const char *department = known_department_filter(call, &bad);
  if (bad || !report_period_read(call, &asked)) return;
  struct counting *counting = mem_alloc(sizeof *counting);
  *counting = (struct counting){
      .beside = {.count = count, .answer = answer, .free = drop},
      .departments = access_only(call, department),
      .period = {asked.from, asked.to, kernel_now(call->care->kernel), NULL}};
  counting->period.departments = counting->departments;
  beside_begin(counting, call);
}
