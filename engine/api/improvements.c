#include "api/improvements.h"

#include "api/access.h"
#include "api/desk.h"
#include "api/known.h"
#include "base/mem.h"
#include "care/mapping.h"

static const char spec[] =
    "id:@f department:s title:s lead:s stage:s type:s ward:s opened_at:z opened_by:s "
    "task:@t owner:s due_at:z overdue_at:z status:s done_at:z done_by:s result_note:s";

static void put_cases(struct json *json, struct store *store, int64_t id) {
  struct stmt *row =
      store_query(store,
                  "SELECT number FROM improvement_case JOIN case_file USING"
                  " (enrollment) WHERE improvement=?1 ORDER BY enrollment",
                  "i", id);
  json_key(json, "cases");
  json_open(json, '[');
  while (stmt_row(row)) json_text(json, stmt_text(row, 0));
  json_close(json, ']');
  stmt_done(row);
}

void improvements_list(struct call *call) {
  struct list list;
  bool bad = false;
  const char *department = known_department_filter(call, &bad),
             *status = call_filter_word(call, "status", "open done withdrawn", &bad);
  if (bad || !list_begin(&list, call, 'f')) return;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT i.id, i.department, title, lead, stage, type, ward, i.opened_at, opened_by,"
      " task.id, role, due_at, overdue_at, status, CASE WHEN status='done' THEN closed_at"
      " END, closed_by, result_note FROM improvement i JOIN task ON task.id=i.task WHERE"
      " i.id>?2 AND " ACCESS_DEPARTMENT("i.department", "1")
      " AND (?4 IS NULL OR i.department=?4) AND (?5 IS NULL OR status=?5) ORDER BY i.id"
      " LIMIT ?3",
      "tiitt", access_departments(call), list.after, list.limit + 1, department, status);
  while (list_row(&list, row)) {
    json_open(&list.json, '{');
    call_put_fields(call, &list.json, row, spec);
    put_cases(&list.json, call->care->store, stmt_int(row, 0));
    json_close(&list.json, '}');
  }
  stmt_done(row);
  list_end(&list);
}

void improvements_new(struct call *call) {
  struct merge more = {0};
  struct value field = value_field(&call->body, "department");
  char *department = value_copy_text(&field);
  if (!department) {
    call_problem(call, 422, "field \"department\" is missing; say whose cases these are");
  } else if (known_department(call, department)) {
    merge_text(&more, "staff", call->caller->staff);
    desk_submit(call, "improvement.new", 'f', 0, &more);
  }
  mem_free(department);
}

void improvements_link(struct call *call) {
  struct merge more = {0};
  int64_t id = store_int(
      call->care->store, 0,
      "SELECT id FROM improvement WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"),
      "ti", access_departments(call), call_row(call, 1, 'f'));
  if (!id) {
    call_problem(call, 404, "there is no such improvement among those you see");
    return;
  }
  merge_int(&more, "improvement", id);
  merge_text(&more, "staff", call->caller->staff);
  desk_submit(call, "improvement.link", 'f', id, &more);
}
