// GET /api/v1/reports/follow-up?from=2026-10-01&to=2026-11-01: what came of follow-up
// after the stays that ended in a period, and in the two before it, counted by a reader
// on another thread.
#include "api/access.h"
#include "api/beside.h"
#include "api/known.h"
#include "api/read.h"
#include "api/report_period.h"
#include "base/mem.h"
#include "care/follow_up_count.h"

enum { NOW, BEFORE, OLDER, PERIODS };

struct counting {
  struct beside beside;
  char *departments;  // owned
  struct follow_up_period periods[PERIODS];
  struct buf found[PERIODS];
};

static void count(void *self, struct store *store) {
  struct counting *counting = self;
  for (int i = 0; i < PERIODS; i++)
    follow_up_count(store, &counting->periods[i], &counting->found[i]);
}

static void drop(void *self) {
  struct counting *counting = self;
  for (int i = 0; i < PERIODS; i++) buf_deinit(&counting->found[i]);
  mem_free(counting->departments);
  mem_free(counting);
}

static void put_earlier(struct json *json, const struct zone *zone, void *self) {
  static const char *const names[] = {[BEFORE] = "before", [OLDER] = "older"};
  const struct counting *counting = self;
  struct value view;
  (void)zone;
  for (int i = BEFORE; i < PERIODS; i++) {
    json_key(json, names[i]);
    value_read(buf_text(&counting->found[i]), counting->found[i].len, &view);
    json_value(json, &view);
  }
}

static void answer(void *self, struct call *call) {
  struct counting *counting = self;
  const struct follow_up_period *now = &counting->periods[NOW];
  report_send(call, now->from, now->to, put_earlier, counting, &counting->found[NOW]);
}

void report_follow_up(struct call *call) {
  bool bad = false;
  struct report_period asked;
  const char *department = known_department_filter(call, &bad);
  if (bad || !report_period_read(call, &asked)) return;
  struct counting *counting = mem_alloc(sizeof *counting);
  *counting =
      (struct counting){.beside = {.count = count, .answer = answer, .free = drop},
                        .departments = access_only(call, department)};
  const int64_t bounds[] = {asked.to, asked.from, asked.before, asked.older};
  for (int i = 0; i < PERIODS; i++)
    counting->periods[i] = (struct follow_up_period){
        bounds[i + 1], bounds[i], kernel_now(call->care->kernel), counting->departments};
  beside_begin(counting, call);
}
