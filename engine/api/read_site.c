// What is not about one patient: refused events, result codes, forms.
#include "api/access.h"
#include "api/read.h"
#include "care/task.h"

void read_refused(struct call *call) {
  struct list list;
  if (!list_begin(&list, call, 'i')) return;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT id, source, source_id, kind, received_at, applied_at, result FROM inbox"
      " WHERE state=2 AND kind='event' AND id>?1 ORDER BY id LIMIT ?2",
      "ii", list.after, list.limit + 1);
  while (list_row(&list, row))
    call_put_row(call, &list.json, row,
                 "id:@i source:s source_id:s kind:s received_at:z refused_at:z result:v");
  stmt_done(row);
  list_end(&list);
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
