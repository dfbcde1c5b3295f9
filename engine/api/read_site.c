// What is not about one patient: the books, refused events, result codes, forms.
#include "api/access.h"
#include "api/read.h"
#include "care/books.h"
#include "care/task.h"

static void put_words(struct json *json, const char *key, const struct books_line *line) {
  json_key(json, key);
  json_open(json, '{');
  for (; line->word[0]; line++) {
    json_key(json, line->word);
    json_int(json, line->count);
  }
  json_close(json, '}');
}

static void put_number(struct json *json, const char *key, int64_t number) {
  json_key(json, key);
  json_int(json, number);
}

static void put_books(struct json *json, const struct books *books) {
  const struct {
    const char *key;
    int64_t number;
  } numbers[] = {
      {"patients", books->patients},
      {"enrolled", books->enrolled},
      {"due_steps", books->due},
      {"started", books->started},
      {"skipped", books->skipped},
      {"sent", books->sent},
      {"answered", books->answered},
      {"flagged", books->flagged},
      {"silent", books->silent},
      {"alerts", books->alerts},
      {"alerts_acknowledged", books->acknowledged},
      {"alerts_open", books->open_alerts},
      {"acknowledged_in_p50_ms", books->ack_p50_ms},
      {"tasks", books->tasks},
      {"tasks_done", books->tasks_done},
      {"tasks_open", books->tasks_open},
      {"tasks_overdue", books->tasks_overdue},
      {"unaccounted", books->forgotten + books->twice + books->missing},
      {"recounted_enrollments", books->recounted},
  };
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    put_number(json, numbers[i].key, numbers[i].number);
  put_words(json, "enrollments_by_status", books->enrollments);
  put_words(json, "runs_by_end", books->runs);
  put_words(json, "skipped_by_reason", books->skips);
  put_words(json, "messages_by_status", books->messages);
  put_words(json, "suppressed_by_reason", books->suppressed);
}

static void put_one(const char *department, struct buf *out) {
  struct json json = {.out = out};
  json_open(&json, '[');
  json_text(&json, department);
  json_close(&json, ']');
}

void read_summary(struct call *call) {
  struct books books;
  struct buf out = {0}, only = {0};
  struct json json = {.out = &out};
  bool bad = false;
  const char *department = call_filter(call, "department", &bad);
  if (bad) return;
  if (department && !access_department(call, department)) {
    call_problem(call, 403, "this token doesn't see that department");
    return;
  }
  if (department) put_one(department, &only);
  books_read(call->care, department ? only.data : access_departments(call), &books);
  buf_deinit(&only);
  json_open(&json, '{');
  json_key(&json, "at");
  json_time(&json, kernel_now(call->care->kernel), care_site_zone(call->care));
  put_books(&json, &books);
  json_key(&json, "balanced");
  json_bool(&json, books.balanced);
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}

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
