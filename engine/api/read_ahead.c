// What each step that has not begun would send: of a patient, of a department.
#include <string.h>

#include "api/access.h"
#include "api/known.h"
#include "api/read.h"
#include "base/clock.h"
#include "care/expect.h"

// SLICE_MS: scripts run while the loop waits; a page ends after that, and within one
// enrollment the rest is listed without what it does.
enum { STEPS_MOST = 200, SLICE_MS = 40, DAYS_USUAL = 7 };

#define AHEAD(head, from) \
  "SELECT id, patient, department, pathway, tier, status FROM enrollment WHERE " head    \
  " AND id>?2 AND " ACCESS_DEPARTMENT("department", "1") " AND (?4 IS NULL OR"           \
  " department=?4) AND status<>'ended' AND " from " ORDER BY id LIMIT ?3"

struct looking {
  struct call *call;
  struct json *json;
  const struct zone *zone;
  int64_t until;  // 0: to the end
  int64_t stop;   // clock_steady_ms
};

static void put_fields(struct json *json, const struct buf *map) {
  struct value view, key, item;
  value_read(map->data, map->len, &view);
  struct value_iter iter = value_iterate(&view);
  while (value_next(&iter, &key, &item)) {
    char name[32] = "";
    memcpy(name, key.text.data, key.text.len < 31 ? key.text.len : 31);
    json_key(json, name);
    json_value(json, &item);
  }
}

static void put_step(const struct looking *looking, const struct enrollment *enrollment,
                     const struct schedule_step *step,
                     const struct schedule_occurrence *next) {
  struct json *json = looking->json;
  json_open(json, '{');
  json_key(json, "step");
  json_text(json, step->id);
  json_key(json, "day");
  json_text(json, next->key);
  json_key(json, "due_at");
  json_time(json, next->due_ms, looking->zone);
  json_key(json, "valid_until");
  json_time(json, next->valid_until_ms, looking->zone);
  if (clock_steady_ms() < looking->stop) {
    struct buf does = {0};
    expect_step(looking->call->care, enrollment, step, next, &does);
    put_fields(json, &does);
    buf_deinit(&does);
  }
  json_close(json, '}');
}

static void put_steps(const struct looking *looking, int64_t id) {
  struct care *care = looking->call->care;
  struct enrollment enrollment;
  struct ahead ahead;
  struct schedule_occurrence next;
  json_key(looking->json, "steps");
  json_open(looking->json, '[');
  if (enrollment_load(care->store, id, &enrollment)) {
    plan_ahead(care, &enrollment, &ahead);
    for (int i = 0; i < STEPS_MOST && plan_ahead_next(care, &ahead, &next); i++) {
      if (looking->until && next.due_ms >= looking->until) break;
      put_step(looking, &enrollment, &ahead.plan.schedule->steps[next.step], &next);
    }
    enrollment_deinit(&enrollment);
  }
  json_close(looking->json, ']');
}

static void put_page(struct list *list, struct stmt *row, int64_t until) {
  struct call *call = list->call;
  struct looking looking = {call, &list->json, care_site_zone(call->care), until,
                            clock_steady_ms() + SLICE_MS};
  while (list_row(list, row)) {
    json_open(&list->json, '{');
    call_put_fields(call, &list->json, row,
                    "id:@e patient:@p department:s pathway:s tier:s status:s");
    put_steps(&looking, stmt_int(row, 0));
    json_close(&list->json, '}');
    if (clock_steady_ms() < looking.stop) continue;
    list->more = true;
    break;
  }
  stmt_done(row);
}

void read_ahead(struct call *call) {
  struct list list;
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  int64_t patient = call_filter_id(call, "patient", 'p', &bad);
  int64_t until = call_filter_time(call, "until", &bad);
  if (bad || !list_begin(&list, call, 'e')) return;
  if (!until && !patient)
    until = kernel_now(call->care->kernel) + DAYS_USUAL * CIVIL_DAY_MS;
  put_page(&list,
           store_query(
               call->care->store,
               patient ? AHEAD("patient=?6", "?5>=0") : AHEAD("?6 IS NULL", "next_at<?5"),
               "tiitiI", access_departments(call), list.after, list.limit + 1, department,
               until, patient),
           until);
  list_end(&list);
}
