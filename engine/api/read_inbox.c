// What hospital systems sent, the newest first, and what became of it.
#include <string.h>

#include "api/access.h"
#include "api/read.h"
#include "base/mem.h"

static void put_kind(struct json *json, const char *kind) {
  json_key(json, "kind");
  json_text(json, kind);
}

static bool read_map(struct stmt *row, int column, struct value *out) {
  size_t len;
  const char *bytes = stmt_bytes(row, column, &len);
  *out = (struct value){0};
  return bytes && len && value_read(bytes, len, out);
}

// Of what was applied, from the patient's history; of what was refused or waits, from
// what came.
static void put_meaning(struct call *call, struct json *json, struct stmt *row) {
  struct value result, body, patient, detail, kind;
  read_map(row, 6, &result);
  read_map(row, 7, &body);
  patient = value_field(&result, "patient");
  detail = value_field(&result, "detail");
  kind = value_field(&body, "kind");
  char *text = value_copy_text(&kind);
  if (!text && patient.kind == VALUE_INT)
    text = store_text(call->care->store,
                      "SELECT kind FROM event WHERE patient=?1 AND inbox=?2 LIMIT 1",
                      "ii", patient.integer, stmt_int(row, 0));
  put_kind(json, text                                 ? text
                 : strcmp(stmt_text(row, 8), "event") ? stmt_text(row, 8)
                                                      : NULL);
  mem_free(text);
  call_put_id(call, json, "patient", 'p', value_int_or(&patient, 0));
  text = value_copy_text(&detail);
  json_key(json, "reason");
  json_text(json, text);
  mem_free(text);
}

void read_inbox(struct call *call) {
  static const char spec[] = "id:@i source:s event:s received_at:z applied_at:z status:s";
  struct list list;
  bool bad = false;
  const char *source = call_filter(call, "source", &bad);
  const char *event = bad ? NULL : call_filter(call, "event", &bad);
  if (bad || !list_begin(&list, call, 'i')) return;
  struct stmt *row = store_query(
      call->care->store,
      "SELECT id, source, source_id, received_at, CASE state WHEN 1 THEN applied_at END, "
      "CASE state WHEN 0 THEN 'waiting' WHEN 1 THEN 'applied' ELSE 'refused' END, CASE "
      "WHEN state THEN result END, coalesce(body, (SELECT body FROM arrival WHERE "
      "arrival.id=inbox.id)), kind FROM inbox WHERE kind IN ('event','fhir','pull') AND "
      "(?1=0 OR id<?1) AND (?3 "
      "IS NULL OR source=?3) AND (?4 IS NULL OR source_id=?4) ORDER BY id DESC LIMIT ?2",
      "iitt", list.after, list.limit + 1, source, event);
  while (list_row(&list, row)) {
    json_open(&list.json, '{');
    call_put_fields(call, &list.json, row, spec);
    put_meaning(call, &list.json, row);
    json_close(&list.json, '}');
  }
  stmt_done(row);
  list_end(&list);
}
