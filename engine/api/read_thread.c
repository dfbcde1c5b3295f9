#include "api/read_thread.h"

// The item itself, then what left for the sender, what they answered, and what else they
// wrote until the case was closed.
static const char said[] =
    "SELECT received_at, 'sender', channel, NULL, NULL, facts FROM case_file WHERE"
    " enrollment=?1 UNION ALL"
    " SELECT m.accepted_at, 'hospital', m.channel, NULL, m.text, NULL FROM case_file c"
    " JOIN message m ON m.patient=c.sender AND m.enrollment=c.enrollment WHERE"
    " c.enrollment=?1 AND m.accepted_at IS NOT NULL AND m.kind IN ('send','ask','remind')"
    " UNION ALL SELECT a.at, 'sender', NULL, a.form, NULL, a.body FROM case_file c JOIN"
    " answer a ON a.patient=c.sender AND a.enrollment=c.enrollment WHERE c.enrollment=?1"
    " AND a.by_kind IN ('patient','family') UNION ALL"
    " SELECT i.at, 'sender', i.channel, NULL, i.text, NULL FROM case_file c JOIN identity"
    " d ON d.person=c.sender JOIN inbound i ON i.identity=d.id WHERE c.enrollment=?1 AND"
    " i.kind='text' AND i.at>c.received_at AND i.at<=coalesce(c.closed_at, i.at)"
    " ORDER BY 1";
enum { FORM = 3, TEXT = 4, BODY = 5 };

// Of the item the words alone; of an answer all of it.
static void put_body(struct json *json, struct stmt *row) {
  size_t len;
  struct value body;
  const char *bytes = stmt_bytes(row, BODY, &len);
  if (!len || !value_read(bytes, len, &body)) return;
  bool answer = !stmt_null(row, FORM);
  struct value shown = answer ? body : value_field(&body, "text");
  if (shown.kind == VALUE_NIL) return;
  json_key(json, answer ? "answer" : "text");
  json_value(json, &shown);
}

void put_thread(struct call *call, struct json *json, int64_t enrollment) {
  struct stmt *row = store_query(call->care->store, said, "i", enrollment);
  json_key(json, "thread");
  json_open(json, '[');
  while (stmt_row(row)) {
    json_open(json, '{');
    call_put_fields(call, json, row, "at:z who:s channel:s form:s");
    if (!stmt_null(row, TEXT)) {
      json_key(json, "text");
      json_text(json, stmt_text(row, TEXT));
    }
    put_body(json, row);
    json_close(json, '}');
  }
  json_close(json, ']');
  stmt_done(row);
}
