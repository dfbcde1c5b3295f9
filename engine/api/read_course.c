// Enrollments and what is planned for them.
#include <stdlib.h>

#include "api/access.h"
#include "api/known.h"
#include "api/read.h"
#include "care/enrollment.h"

enum { PLANNED_USUAL = 5, PLANNED_MOST = 200 };

#define ENROLLMENTS(head) \
  "SELECT id, patient, department, pathway, status, enrolled_at, anchor_at, tier,"    \
  " paused_at, ended_at, ended_reason, next_at FROM enrollment WHERE " head           \
  " AND id>?2 AND " ACCESS_DEPARTMENT("department", "1")                              \
  " AND (?4 IS NULL OR status=?4) AND (?5 IS NULL OR department=?5) ORDER BY id LIMIT ?3"

// What of it a person has skipped, for whoever would put it back.
static void put_skipped(struct call *call, struct json *json, int64_t enrollment) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT step, day, due_at, reason, staff, at, note FROM skip_ahead WHERE"
      " enrollment=?1 AND EXISTS (SELECT 1 FROM enrollment e WHERE e.id=?1 AND"
      " e.status<>'ended' AND (day='*' OR due_at>e.cursor_at)) ORDER BY due_at, step",
      "i", enrollment);
  json_key(json, "skipped");
  json_open(json, '[');
  while (stmt_row(row))
    call_put_row(call, json, row, "step:s day:s due_at:z reason:s by:s at:z note:s");
  stmt_done(row);
  json_close(json, ']');
}

static void put_step(struct json *json, const struct planned *step,
                     const struct zone *zone) {
  json_open(json, '{');
  json_key(json, "step");
  json_text(json, step->step);
  json_key(json, "due_at");
  json_time(json, step->due_at, zone);
  json_key(json, "valid_until");
  json_time(json, step->valid_until, zone);
  json_key(json, "day");
  json_text(json, step->key);
  json_close(json, '}');
}

// next_at: when the engine looks at it next, which may be to pass over what was skipped.
static void put_planned(struct call *call, struct json *json, int64_t enrollment,
                        int64_t next_at, int most) {
  struct planned planned[PLANNED_MOST];
  const struct zone *zone = care_site_zone(call->care);
  int count = enrollment_planned(call->care, enrollment, planned, most);
  json_key(json, "next_at");
  json_time(json, next_at && count ? planned[0].due_at : next_at, zone);
  json_key(json, "planned");
  json_open(json, '[');
  for (int i = 0; i < count; i++) put_step(json, &planned[i], zone);
  json_close(json, ']');
}

// How many steps ahead are shown; of one patient all of them may be.
static int steps_ahead(struct call *call, int64_t patient, bool *bad) {
  const char *text = call_filter(call, "planned", bad);
  char *rest;
  if (*bad || !text) return PLANNED_USUAL;
  long most = strtol(text, &rest, 10);
  if (!*rest && most >= 1 && most <= PLANNED_MOST && patient) return (int)most;
  call_problem(call, 400, "planned: must be a number from 1 to %d, beside a patient",
               PLANNED_MOST);
  *bad = true;
  return 0;
}

void read_enrollments(struct call *call) {
  static const char spec[] =
      "id:@e patient:@p department:s pathway:s status:s enrolled_at:z anchor_at:z tier:s "
      "paused_at:z ended_at:z ended_reason:s";
  struct list list;
  bool bad = false;
  const char *status = call_filter_word(call, "status", "active paused ended", &bad);
  const char *department = known_department_filter(call, &bad);
  int64_t patient = call_filter_id(call, "patient", 'p', &bad);
  int ahead = steps_ahead(call, patient, &bad);
  if (bad || !list_begin(&list, call, 'e')) return;
  struct stmt *row = store_query(
      call->care->store, patient ? ENROLLMENTS("patient=?6") : ENROLLMENTS("?6 IS NULL"),
      "tiittI", access_departments(call), list.after, list.limit + 1, status, department,
      patient);
  while (list_row(&list, row)) {
    json_open(&list.json, '{');
    call_put_fields(call, &list.json, row, spec);
    put_planned(call, &list.json, stmt_int(row, 0), stmt_int(row, 11), ahead);
    put_skipped(call, &list.json, stmt_int(row, 0));
    json_close(&list.json, '}');
  }
  stmt_done(row);
  list_end(&list);
}
