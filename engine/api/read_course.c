// Messages and enrollments.
#include <string.h>

#include "api/access.h"
#include "api/desk.h"
#include "api/known.h"
#include "api/read.h"
#include "care/enrollment.h"

enum { PLANNED_USUAL = 5 };

#define MESSAGE_COLUMNS                                                             \
  "id, number, patient, enrollment, run, question, alert, department, kind, class," \
  " name, audience, status, reason, created_at, due_at, valid_until, channel,"      \
  " attempts, accepted_at, settled_at"
static const char message_columns[] =
    "id:@m number:s patient:@p enrollment:@e run:@r question:@q alert:@a department:s "
    "kind:s class:s name:s audience:s status:s reason:s created_at:z due_at:z "
    "valid_until:z channel:s attempts:i accepted_at:z settled_at:z";

// A head for each index, so that a long past costs nothing.
#define MESSAGES(head) \
  "SELECT " MESSAGE_COLUMNS " FROM message WHERE " head                               \
  " AND id>?2 AND " ACCESS_DEPARTMENT("department", "1")                              \
  " AND (?4 IS NULL OR status=?4) AND (?5 IS NULL OR department=?5) AND (?6 IS NULL"  \
  " OR reason=?6) ORDER BY id LIMIT ?3"
#define ENROLLMENTS(head) \
  "SELECT id, patient, department, pathway, status, enrolled_at, anchor_at, tier,"    \
  " next_at, paused_at, ended_at, ended_reason FROM enrollment WHERE " head           \
  " AND id>?2 AND " ACCESS_DEPARTMENT("department", "1")                              \
  " AND (?4 IS NULL OR status=?4) AND (?5 IS NULL OR department=?5) ORDER BY id LIMIT ?3"

void read_messages(struct call *call) {
  struct list list;
  bool bad = false;
  const char *status = call_filter_word(
      call, "status",
      "planned held in_flight accepted delivered failed suppressed in_doubt cancelled",
      &bad);
  const char *department = known_department_filter(call, &bad);
  const char *reason = call_filter(call, "reason", &bad);
  int64_t patient = call_filter_id(call, "patient", 'p', &bad);
  if (bad || !list_begin(&list, call, 'm')) return;
  bool open = status && (!strcmp(status, "held") || !strcmp(status, "in_flight") ||
                         !strcmp(status, "in_doubt"));
  const char *sql =
      patient ? MESSAGES("patient=?7")
      : open  ? MESSAGES("?7 IS NULL AND status IN ('held','in_flight','in_doubt')")
              : MESSAGES("?7 IS NULL");
  struct stmt *row =
      store_query(call->care->store, sql, "tiitttI", access_departments(call), list.after,
                  list.limit + 1, status, department, reason, patient);
  while (list_row(&list, row)) call_put_row(call, &list.json, row, message_columns);
  stmt_done(row);
  list_end(&list);
}

static void put_attempts(struct call *call, struct json *json, int64_t message) {
  struct stmt *row = store_query(call->care->store,
                                 "SELECT channel, key, status, started_at, ended_at,"
                                 " provider_id, detail FROM attempt WHERE message=?1"
                                 " ORDER BY id LIMIT 200",
                                 "i", message);
  json_key(json, "tries");
  json_open(json, '[');
  while (stmt_row(row))
    call_put_row(
        call, json, row,
        "channel:s key:s status:s started_at:z ended_at:z provider_id:s detail:s");
  stmt_done(row);
  json_close(json, ']');
}

// Those that left in one text with it.
static void put_together(struct call *call, struct json *json, int64_t message) {
  struct stmt *row = store_query(
      call->care->store,
      "WITH text(carrier) AS (SELECT coalesce((SELECT carrier FROM carried WHERE"
      " message=?1), ?1)) SELECT id, name FROM message WHERE id<>?1 AND id IN (SELECT"
      " carrier FROM text UNION ALL SELECT c.message FROM text JOIN carried c ON"
      " c.carrier=text.carrier)",
      "i", message);
  json_key(json, "together");
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, "id:@m name:s");
  stmt_done(row);
  json_close(json, ']');
}

void read_message(struct call *call) {
  struct buf out = {0};
  struct json json = {.out = &out};
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT " MESSAGE_COLUMNS
                  " FROM message WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"),
                  "ti", access_departments(call), call_row(call, 1, 'm'));
  if (stmt_row(row)) {
    json_open(&json, '{');
    call_put_fields(call, &json, row, message_columns);
    put_attempts(call, &json, stmt_int(row, 0));
    put_together(call, &json, stmt_int(row, 0));
    json_close(&json, '}');
  }
  stmt_done(row);
  if (out.len)
    call_send(call, 200, &out, NULL);
  else
    call_problem(call, 404, "there is no such message among those you see");
  buf_deinit(&out);
}

static void put_planned(struct call *call, struct json *json, int64_t enrollment) {
  struct planned planned[PLANNED_USUAL];
  const struct zone *zone = care_site_zone(call->care);
  int count = enrollment_planned(call->care, enrollment, planned, PLANNED_USUAL);
  json_key(json, "planned");
  json_open(json, '[');
  for (int i = 0; i < count; i++) {
    json_open(json, '{');
    json_key(json, "step");
    json_text(json, planned[i].step);
    json_key(json, "due_at");
    json_time(json, planned[i].due_at, zone);
    json_key(json, "valid_until");
    json_time(json, planned[i].valid_until, zone);
    json_key(json, "day");
    json_text(json, planned[i].key);
    json_close(json, '}');
  }
  json_close(json, ']');
}

void read_enrollments(struct call *call) {
  static const char spec[] =
      "id:@e patient:@p department:s pathway:s status:s enrolled_at:z anchor_at:z tier:s "
      "next_at:z paused_at:z ended_at:z ended_reason:s";
  struct list list;
  bool bad = false;
  const char *status = call_filter_word(call, "status", "active paused ended", &bad);
  const char *department = known_department_filter(call, &bad);
  int64_t patient = call_filter_id(call, "patient", 'p', &bad);
  if (bad || !list_begin(&list, call, 'e')) return;
  struct stmt *row = store_query(
      call->care->store, patient ? ENROLLMENTS("patient=?6") : ENROLLMENTS("?6 IS NULL"),
      "tiittI", access_departments(call), list.after, list.limit + 1, status, department,
      patient);
  while (list_row(&list, row)) {
    json_open(&list.json, '{');
    call_put_fields(call, &list.json, row, spec);
    put_planned(call, &list.json, stmt_int(row, 0));
    json_close(&list.json, '}');
  }
  stmt_done(row);
  list_end(&list);
}
