// What is not about one patient: refused events, result codes, forms.
#include "api/access.h"
#include "api/read.h"
#include "base/mask.h"
#include "base/mem.h"
#include "care/task.h"

void read_refused(struct call *call) {
  struct list list;
  if (!list_begin(&list, call, 'i')) return;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT id, source, source_id, kind, received_at, applied_at, result FROM inbox"
      " WHERE state=2 AND kind IN ('event','fhir','pull') AND id>?1 ORDER BY id LIMIT ?2",
      "ii", list.after, list.limit + 1);
  while (list_row(&list, row))
    call_put_row(call, &list.json, row,
                 "id:@i source:s source_id:s kind:s received_at:z refused_at:z result:v");
  stmt_done(row);
  list_end(&list);
}

static void put_member(struct json *json, struct stmt *row) {
  struct buf phone = {0};
  json_open(json, '{');
  json_key(json, "login");
  json_text(json, stmt_text(row, 0));
  json_key(json, "department");
  json_text(json, stmt_text(row, 1));
  json_key(json, "phone");
  if (!stmt_null(row, 2)) mask_number(stmt_text(row, 2), &phone);
  json_text(json, stmt_null(row, 2) ? NULL : buf_text(&phone));
  json_key(json, "wecom");
  json_text(json, stmt_text(row, 3));
  json_key(json, "extension");
  json_text(json, stmt_text(row, 4));
  json_key(json, "dialects");
  json_text(json, stmt_text(row, 5));
  json_close(json, '}');
  buf_deinit(&phone);
}

// By login: a page goes on after the last one of the page before.
void read_staff(struct call *call) {
  bool bad = false;
  const char *after = call_filter(call, "after", &bad);
  if (bad) return;
  struct buf out = {0};
  struct json json = {.out = &out};
  char *next = NULL;
  int64_t left = LIST_MOST;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT login, department, phone, wecom, extension, dialects FROM staff WHERE"
      " login>coalesce(?1,'') ORDER BY login LIMIT ?2",
      "ti", after, left + 1);
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  for (; left && stmt_row(row); left--) {
    mem_free(next);
    next = mem_copy_text(stmt_text(row, 0));
    put_member(&json, row);
  }
  bool more = !left && stmt_row(row);
  stmt_done(row);
  json_close(&json, ']');
  json_key(&json, "next");
  json_text(&json, more ? next : NULL);
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  mem_free(next);
  buf_deinit(&out);
}

void read_codes(struct call *call) {
  struct buf out = {0};
  struct json json = {.out = &out};
  json_open(&json, '{');
  json_key(&json, "items");
  json_open(&json, '[');
  for (const struct result_code *code = result_codes(); code->code; code++) {
    json_open(&json, '{');
    json_key(&json, "code");
    json_text(&json, code->code);
    json_key(&json, "zh");
    json_text(&json, code->zh);
    json_key(&json, "en");
    json_text(&json, code->en);
    json_key(&json, "attempt");
    json_bool(&json, code->attempt);
    json_close(&json, '}');
  }
  json_close(&json, ']');
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}

void read_form(struct call *call) {
  const char *department = call->segments[1], *id = call->segments[2];
  struct value form = catalog_find(call->care->catalog, department, "form", id);
  struct buf out = {0};
  struct json json = {.out = &out};
  if (form.kind != VALUE_MAP || !access_department(call, department)) {
    call_problem(call, 404, "there is no such form among those you see");
    return;
  }
  json_open(&json, '{');
  json_key(&json, "id");
  json_text(&json, id);
  json_key(&json, "department");
  json_text(&json, department);
  json_key(&json, "form");
  json_value(&json, &form);
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}
