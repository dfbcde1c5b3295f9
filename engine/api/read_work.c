// Tasks and alerts.
#include <stdio.h>
#include <string.h>

#include "api/access.h"
#include "api/case_view.h"
#include "api/known.h"
#include "api/quality.h"
#include "api/read.h"
#include "api/read_call.h"
#include "api/read_script.h"
#include "care/task_draft.h"

#define LAST_CALL(column) \
  "(SELECT " column " FROM dial WHERE task=task.id ORDER BY id DESC LIMIT 1)"
#define TASK_COLUMNS                                                                    \
  "id, patient, enrollment, run, question, department, name, role, form, note, status," \
  " opened_at, CASE WHEN status='held' THEN NULL ELSE due_at END, CASE WHEN"            \
  " status='held' THEN due_at END, overdue_at, claimed_by, claimed_at, claimed_until,"  \
  " code, result_note, moved_to, closed_at, closed_by, reason, " LAST_CALL(             \
      "status") "," LAST_CALL("detail") ", revision"
static const char task_spec[] =
    "id:@t patient:@p enrollment:@e run:@r question:@q department:s name:s role:s form:s "
    "note:s status:s opened_at:z due_at:z working_ms_left:i overdue_at:z claimed_by:s "
    "claimed_at:z claimed_until:z code:s result_note:s moved_to:s closed_at:z "
    "closed_by:s "
    "reason:s last_call:s last_call_detail:s revision:i";

#define ALERT_COLUMNS                                                               \
  "id, patient, enrollment, run, answer, task, department, name, level, reason,"    \
  " escalation, status, rung, round, next_at, opened_at, joined, acknowledged_at,"  \
  " acknowledged_by, acted_at, acted_by, act, closed_at, closed_by, closed_reason," \
  " revision"
static const char alert_spec_text[] =
    "id:@a patient:@p enrollment:@e run:@r answer:@w task:@t department:s name:s level:s "
    "reason:s escalation:s status:s rung:i round:i next_at:z opened_at:z joined:i "
    "acknowledged_at:z acknowledged_by:s acted_at:z acted_by:s act:s closed_at:z "
    "closed_by:s closed_reason:s revision:i";

enum { ENROLLMENT_COLUMN = 2 };  // of both

// A head for each index, so that a long past costs nothing.
#define TASKS(head) \
  "SELECT " TASK_COLUMNS " FROM task WHERE " head                                    \
  " AND id>?2 AND " ACCESS_DEPARTMENT("department", "1")                             \
  " AND (?4 IS NULL OR role=?4) AND (?5 IS NULL OR department=?5)"                   \
  " AND (?6 IS NULL OR status=?6) ORDER BY id LIMIT ?3"
#define ALERTS(head) \
  "SELECT " ALERT_COLUMNS " FROM alert WHERE " head                                  \
  " AND id>?2 AND " ACCESS_DEPARTMENT("department", "1")                             \
  " AND (?4 IS NULL OR level=?4) AND (?5 IS NULL OR department=?5)"                  \
  " AND (?6 IS NULL OR status=?6) ORDER BY id LIMIT ?3"

static void put_list(struct list *list, struct stmt *row, const char *spec) {
  while (list_row(list, row)) {
    case_view_veil(list->call, stmt_int(row, ENROLLMENT_COLUMN));
    call_put_row(list->call, &list->json, row, spec);
  }
  stmt_done(row);
}

// Without a status: what is open, soonest found by its index.
void read_tasks(struct call *call) {
  struct list list;
  bool bad = false;
  const char *role = call_filter(call, "role", &bad);
  const char *department = known_department_filter(call, &bad);
  const char *status = call_filter_word(call, "status", "open held done withdrawn", &bad);
  int64_t patient = call_filter_id(call, "patient", 'p', &bad);
  if (bad || !list_begin(&list, call, 't')) return;
  bool closed = status && strcmp(status, "open") && strcmp(status, "held");
  const char *sql = patient  ? TASKS("patient=?7")
                    : closed ? TASKS("?7 IS NULL")
                             : TASKS("?7 IS NULL AND status IN ('open','held')");
  struct stmt *row =
      store_query(call->care->store, sql, "tiitttI", access_departments(call), list.after,
                  list.limit + 1, role, department, status, patient);
  put_list(&list, row, task_spec);
  list_end(&list);
}

// What the patient showed with the answer that it is about, or with the case.
static const char task_photos[] =
    "SELECT a.id, a.item, a.kind, a.bytes FROM task t JOIN attachment a ON"
    " a.question=t.question WHERE t.id=?1 UNION ALL SELECT a.id, 'case', a.kind, a.bytes"
    " FROM task t JOIN case_file c ON c.enrollment=t.enrollment JOIN attachment a ON"
    " a.number=c.number WHERE t.id=?1 ORDER BY 2, 1";
static const char alert_photos[] =
    "SELECT a.id, a.item, a.kind, a.bytes FROM alert x JOIN answer w ON w.id=x.answer "
    "JOIN"
    " attachment a ON a.question=w.question WHERE x.id=?1 ORDER BY a.item";

static void put_photos(struct call *call, struct json *json, struct stmt *row) {
  json_key(json, "photos");
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, "id:s item:s kind:s bytes:i");
  json_close(json, ']');
  stmt_done(row);
}

static void put_draft(struct call *call, struct json *json, int64_t task) {
  struct buf draft = {0};
  if (task_draft_text(call->care, task, &draft)) {
    json_key(json, "draft");
    json_text(json, buf_text(&draft));
  }
  buf_deinit(&draft);
}

// One row with its ETag; last column is the revision.
static void send_one(struct call *call, struct stmt *row, const char *spec,
                     struct stmt *photos, int64_t task, const char *what) {
  struct buf out = {0};
  struct json json = {.out = &out};
  char tag[32] = "";
  if (stmt_row(row)) {
    snprintf(tag, sizeof tag, "\"%lld\"",
             (long long)stmt_int(row, stmt_columns(row) - 1));
    json_open(&json, '{');
    case_view_veil(call, stmt_int(row, ENROLLMENT_COLUMN));
    call_put_fields(call, &json, row, spec);
    put_photos(call, &json, photos);
    if (task) {
      put_draft(call, &json, task);
      put_call_script(call, &json, task);
      put_dials(call, &json, task);
      put_quality(call, &json, task);
    }
    json_close(&json, '}');
  } else {
    stmt_done(photos);
  }
  stmt_done(row);
  if (out.len)
    call_send(call, 200, &out, tag);
  else
    call_problem(call, 404, "there is no such %s among those you see", what);
  buf_deinit(&out);
}

void read_send_task(struct call *call, int64_t row) {
  send_one(call,
           store_query(call->care->store,
                       "SELECT " TASK_COLUMNS
                       " FROM task WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"),
                       "ti", access_departments(call), row),
           task_spec, store_query(call->care->store, task_photos, "i", row), row, "task");
}

void read_task(struct call *call) { read_send_task(call, call_row(call, 1, 't')); }

void read_alerts(struct call *call) {
  struct list list;
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  const char *status = call_filter_word(call, "status", "open acknowledged closed", &bad);
  const char *level = call_filter(call, "level", &bad);
  int64_t patient = call_filter_id(call, "patient", 'p', &bad);
  if (bad || !list_begin(&list, call, 'a')) return;
  const char *sql = patient ? ALERTS("patient=?7")
                    : status && strcmp(status, "closed") == 0
                        ? ALERTS("?7 IS NULL")
                        : ALERTS("?7 IS NULL AND status<>'closed'");
  struct stmt *row =
      store_query(call->care->store, sql, "tiitttI", access_departments(call), list.after,
                  list.limit + 1, level, department, status, patient);
  put_list(&list, row, alert_spec_text);
  list_end(&list);
}

void read_send_alert(struct call *call, int64_t row) {
  send_one(
      call,
      store_query(call->care->store,
                  "SELECT " ALERT_COLUMNS
                  " FROM alert WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"),
                  "ti", access_departments(call), row),
      alert_spec_text, store_query(call->care->store, alert_photos, "i", row), 0,
      "alert");
}

void read_alert(struct call *call) { read_send_alert(call, call_row(call, 1, 'a')); }
