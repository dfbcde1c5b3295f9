#include "api/quality.h"

#include "api/access.h"
#include "api/desk.h"
#include "api/known.h"
#include "base/mem.h"
#include "care/mapping.h"

static const char spec[] =
    "id:@h month:s what:s who:s why:s work:@t task:@t role:s status:s due_at:z code:s "
    "result_note:s at:z by_who:s department:s score:i most:i fake:b judged_at:z "
    "judged_by:s";

void quality_list(struct call *call) {
  struct list list;
  bool bad = false;
  const char *department = known_department_filter(call, &bad),
             *month = call_filter(call, "month", &bad),
             *who = call_filter(call, "who", &bad);
  if (bad || !list_begin(&list, call, 'h')) return;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT q.id, month, what, who, why, ref, task, role, status, due_at, code,"
      " result_note, at, by_who, department, score, most, fake, judged_at, judged_by FROM"
      " quality_sample q JOIN task ON task.id=q.task WHERE q.id>?2 AND " ACCESS_DEPARTMENT("department", "1")
      " AND (?4 IS NULL OR department=?4) AND (?5 IS NULL OR month=?5) AND (?6 IS NULL"
      " OR who=?6) ORDER BY q.id LIMIT ?3",
      "tiittt", access_departments(call), list.after, list.limit + 1, department, month,
      who);
  while (list_row(&list, row)) call_put_row(call, &list.json, row, spec);
  stmt_done(row);
  list_end(&list);
}

// Of a sample's task what it judges, of the call or answer itself what was found.
void put_quality(struct call *call, struct json *json, int64_t task) {
  struct stmt *row = store_query(
      call->care->store,
      "SELECT ref, what, who, why, score, most, fake, judged_at, judged_by FROM"
      " quality_sample WHERE task=?1 UNION ALL SELECT ref, what, who, why, score, most,"
      " fake, judged_at, judged_by FROM quality_sample WHERE ref=?1",
      "i", task);
  if (stmt_row(row)) {
    json_key(json, "quality");
    call_put_row(call, json, row,
                 "work:@t what:s who:s why:s score:i most:i fake:b judged_at:z "
                 "judged_by:s");
  }
  stmt_done(row);
}

void quality_draw(struct call *call) {
  struct merge more = {0};
  struct value field = value_field(&call->body, "department");
  char *department = value_copy_text(&field);
  if (!department) {
    call_problem(call, 422, "field \"department\" is missing; say whose work is sampled");
  } else if (known_department(call, department)) {
    merge_text(&more, "staff", call->caller->staff);
    desk_submit(call, "quality.draw", 'h', 0, &more);
  }
  mem_free(department);
}
