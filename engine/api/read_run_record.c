// What replays a run elsewhere: its record as it is kept, and the scripts it is on.
#include <string.h>

#include "api/read.h"
#include "base/charset.h"
#include "run/run.h"

static void put_text(struct json *json, const char *key, const char *text) {
  json_key(json, key);
  json_text(json, text);
}

// What a watch's where returned.
static void put_flag(struct store *store, struct json *json, const struct run *run) {
  struct value flag = {0};
  size_t len = 0;
  struct stmt *row = store_query(store, "SELECT flag FROM run WHERE id=?1 AND ?2='watch'",
                                 "it", run->id, run->kind);
  const char *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len) value_read(bytes, len, &flag);
  json_key(json, "flag");
  json_value(json, &flag);
  stmt_done(row);
}

static void put_records(struct json *json, const struct buf *journal) {
  struct value record;
  size_t took;
  json_key(json, "records");
  json_open(json, '[');
  for (size_t at = 0; at < journal->len; at += took) {
    took = value_read_front(journal->data + at, journal->len - at, &record);
    if (!took) break;
    json_value(json, &record);
  }
  json_close(json, ']');
}

// path → text, in UTF-8 whatever a table was saved in.
static void put_sources(struct store *store, struct json *json, int64_t bundle) {
  struct stmt *row =
      store_query(store,
                  "SELECT path, text FROM bundle_file JOIN source USING (digest) WHERE "
                  "bundle=?1 ORDER BY path",
                  "i", bundle);
  json_key(json, "sources");
  json_open(json, '{');
  while (stmt_row(row)) {
    struct buf text = {0};
    size_t len = 0;
    const char *bytes = stmt_bytes(row, 1, &len);
    charset_put_utf8(&text, bytes, len);
    json_key(json, stmt_text(row, 0));
    json_text_len(json, buf_text(&text), text.len);
    buf_deinit(&text);
  }
  stmt_done(row);
  json_close(json, '}');
}

void read_run_record(struct call *call) {
  struct store *store = call->care->store;
  struct run run = {0};
  struct buf out = {0}, journal = {0};
  struct json json = {.out = &out};
  bool bad = false, sources = call_filter_word(call, "sources", "yes", &bad) != NULL;
  if (bad || !read_run_load(call, &run, &journal)) return;
  json_open(&json, '{');
  put_text(&json, "department", run.department);
  put_text(&json, "pathway", run.pathway);
  put_text(&json, "kind", run.kind);
  put_text(&json, "name", run.name);
  json_key(&json, "seed");
  json_int(&json, run.id);
  put_flag(store, &json, &run);
  put_records(&json, &journal);
  if (sources) put_sources(store, &json, run.bundle);
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  run_deinit(&run);
  buf_deinit(&journal);
  buf_deinit(&out);
}
