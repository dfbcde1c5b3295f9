#include "api/dead_letters.h"

#include <stdio.h>
#include <string.h>

#include "api/desk.h"
#include "api/pending.h"
#include "base/mem.h"
#include "base/public_id.h"
#include "care/mapping.h"

#define FIELDS                                                                       \
  "id:@l connector:s source_id:s reason:s times:i received_at:z state:s ended_at:z " \
  "ended_by:s note:s"
#define COLUMNS                                                                        \
  "id, connector, nullif(source_id, ''), reason, times, received_at, state, ended_at," \
  " ended_by, note"

void dead_letters(struct call *call) {
  struct list list;
  bool bad = false;
  const char *connector = call_filter(call, "connector", &bad);
  const char *state =
      bad ? NULL : call_filter_word(call, "state", "open replayed dropped", &bad);
  if (bad || !list_begin(&list, call, 'l')) return;
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT " COLUMNS
                  " FROM dead_letter WHERE id>?1 AND (?3 IS NULL OR connector=?3)"
                  " AND state=coalesce(?4, 'open') ORDER BY id LIMIT ?2",
                  "iitt", list.after, list.limit + 1, connector, state);
  while (list_row(&list, row)) call_put_row(call, &list.json, row, FIELDS);
  stmt_done(row);
  list_end(&list);
}

static void put_objects(struct buf *out, int64_t id) {
  char object[48];
  snprintf(object, sizeof object, "dead-letter:%lld", (long long)id);
  size_t list = value_begin_list(out);
  value_put_text(out, object);
  value_end(out, list, 1);
}

static void put_text(struct json *json, struct stmt *row) {
  size_t len;
  const void *bytes = stmt_bytes(row, 10, &len);
  char *text = mem_copy_bytes(bytes, len);
  json_key(json, "text");
  json_text(json, text);
  mem_free(text);
}

void dead_letter(struct call *call) {
  struct buf out = {0}, objects = {0};
  struct json json = {.out = &out};
  int64_t id = call_row(call, 1, 'l');
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT " COLUMNS ", body FROM dead_letter WHERE id=?1", "i", id);
  bool found = stmt_row(row);
  if (found) {
    json_open(&json, '{');
    call_put_fields(call, &json, row, FIELDS);
    put_text(&json, row);
    json_close(&json, '}');
  }
  stmt_done(row);
  put_objects(&objects, id);
  if (found)
    desk_audited(call, "dead-letter.read", &objects, NULL, &out);
  else
    call_problem(call, 404, "there is no such dead letter");
  buf_deinit(&out);
  buf_deinit(&objects);
}

// --- what becomes of one. The pending's text holds who does it, then what is answered.

static void ended(struct pending *pending, const struct value *result) {
  struct call call = {
      .api = pending->api, .care = pending->api->care, .request = pending->request};
  struct value status = value_field(result, "status"),
               detail = value_field(result, "detail");
  int code = (int)value_int_or(&status, 500);
  char *text = value_copy_text(&detail);
  if (code >= 300)
    http_respond_problem(pending->request, code, text);
  else
    call_send(&call, 200, &pending->text, NULL);
  mem_free(text);
}

static void end(struct api *api, struct http_request *request, int64_t id,
                const char *state, const char *by, const struct value *note,
                const struct buf *answer) {
  struct buf body = {0}, source = {0};
  struct mapping map = mapping_begin(&body);
  mapping_int(&map, "dead_letter", id);
  if (note) mapping_value(&map, "note", note);
  mapping_text(&map, "staff", by);
  mapping_text(&map, "state", state);
  mapping_end(&map);
  buf_printf(&source, "api:%s", by);
  struct pending *pending = pending_new(api, request, ended);
  buf_put(&pending->text, answer->data, answer->len);
  pending_submit(pending, source.data, NULL, "dead-letter.end", &body);
  buf_deinit(&body);
  buf_deinit(&source);
}

static void replayed(struct pending *pending, const struct value *told) {
  struct value status = value_field(told, "status"), answer = value_field(told, "answer"),
               detail = value_field(&answer, "detail");
  int code = (int)value_int_or(&status, 500);
  char *text = value_copy_text(&detail);
  struct buf out = {0};
  value_to_json(&out, &answer);
  if (code >= 300)
    http_respond_problem(pending->request, code,
                         text ? text : "the connector did not take it");
  else
    end(pending->api, pending->request, pending->row, "replayed", pending->caller->staff,
        NULL, &out);
  mem_free(text);
  buf_deinit(&out);
}

static void replay(struct call *call, int64_t id, const char *connector,
                   const struct value *text) {
  const struct api_engine *engine = &call->api->engine;
  struct status status = {0};
  struct pending *pending = pending_new(call->api, call->request, replayed);
  pending->caller = call->caller;
  pending->row = id;
  if (engine->ask(engine->self, connector, "replay", text, pending_told, pending,
                  &status)) {
    http_respond_problem(call->request, 409, status.text);
    pending_free(pending);
  }
}

// The open letter of the path; false when there is none, which is answered.
static bool find(struct call *call, int64_t *id, char **connector, struct buf *text) {
  size_t len;
  *id = call_row(call, 1, 'l');
  struct stmt *row = store_query(
      call->care->store,
      "SELECT connector, body FROM dead_letter WHERE id=?1 AND state='open'", "i", *id);
  bool found = stmt_row(row);
  if (found) {
    *connector = mem_copy_text(stmt_text(row, 0));
    const void *bytes = stmt_bytes(row, 1, &len);
    buf_put(text, bytes, len);
  }
  stmt_done(row);
  if (!found) call_problem(call, 404, "there is no such dead letter that is open");
  return found;
}

void dead_letter_replay(struct call *call) {
  struct buf kept = {0};
  char *connector = NULL;
  int64_t id;
  struct value text = value_field(&call->body, "text");
  if (find(call, &id, &connector, &kept)) {
    struct value whole = {.kind = VALUE_TEXT, .text = {kept.data, kept.len}};
    replay(call, id, connector, text.kind == VALUE_TEXT ? &text : &whole);
  }
  mem_free(connector);
  buf_deinit(&kept);
}

void dead_letter_drop(struct call *call) {
  struct buf kept = {0}, done = {0};
  char *connector = NULL;
  int64_t id;
  struct value note = value_field(&call->body, "note");
  if (find(call, &id, &connector, &kept)) {
    buf_puts(&done, "{\"done\":true}");
    end(call->api, call->request, id, "dropped", call->caller->staff, &note, &done);
  }
  mem_free(connector);
  buf_deinit(&kept);
  buf_deinit(&done);
}
