#include "care/ladder_row.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static void copy_args(struct stmt *row, int column, struct buf *out) {
  size_t len = 0;
  const void *bytes = stmt_bytes(row, column, &len);
  if (len) buf_put(out, bytes, len);
}

bool ladder_load(struct care *care, int64_t id, struct ladder *out) {
  memset(out, 0, sizeof *out);
  struct stmt *row = store_query(care->store,
                                 "SELECT question, at, opened_at, taken_at,"
                                 " due_at, closed_at IS NOT NULL, run, kind, name, args"
                                 " FROM ladder WHERE id=?1",
                                 "i", id);
  int64_t run = 0;
  if (stmt_row(row)) {
    out->id = id;
    out->question = stmt_int(row, 0);
    out->at = stmt_int(row, 1);
    out->opened_at = stmt_int(row, 2);
    out->taken_at = stmt_int(row, 3);
    out->due_at = stmt_int(row, 4);
    out->closed = stmt_int(row, 5) != 0;
    run = stmt_int(row, 6);
    snprintf(out->kind, sizeof out->kind, "%s", stmt_text(row, 7));
    out->name = mem_copy_text(stmt_text(row, 8));
    copy_args(row, 9, &out->args);
  }
  stmt_done(row);
  return out->id && run_load(care->store, run, &out->run);
}

void ladder_deinit(struct ladder *ladder) {
  mem_free(ladder->name);
  buf_deinit(&ladder->args);
  run_deinit(&ladder->run);
}

struct value ladder_args(const struct ladder *ladder) {
  struct value args = {.kind = VALUE_NIL};
  value_read(buf_text(&ladder->args), ladder->args.len, &args);
  return args;
}

bool ladder_is_ask(const struct ladder *ladder) {
  return strcmp(ladder->kind, "ask") == 0;
}

bool rung_is_call(const struct rung *rung) { return strcmp(rung->channel, "call") == 0; }

bool rung_is_family(const struct rung *rung) {
  return strcmp(rung->audience, "family") == 0;
}

static char *item_text(const struct value *item, const char *key) {
  struct value field = value_field(item, key);
  return value_copy_text(&field);
}

bool rung_load(struct care *care, const struct ladder *ladder, int64_t position,
               struct rung *out) {
  struct value args = ladder_args(ladder), via = value_field(&args, "via"), item;
  memset(out, 0, sizeof *out);
  struct stmt *row = store_query(care->store,
                                 "SELECT place, channel, audience, message, task,"
                                 " began_at, taken_at, left_at FROM rung WHERE ladder=?1"
                                 " AND position=?2",
                                 "ii", ladder->id, position);
  bool found = stmt_row(row);
  if (found) {
    item = value_at(&via, (uint32_t)stmt_int(row, 0) - 1);
    out->position = position;
    snprintf(out->channel, sizeof out->channel, "%s", stmt_text(row, 1));
    snprintf(out->audience, sizeof out->audience, "%s", stmt_text(row, 2));
    out->message = stmt_int(row, 3);
    out->task = stmt_int(row, 4);
    out->began_at = stmt_int(row, 5);
    out->taken_at = stmt_int(row, 6);
    out->left_at = stmt_int(row, 7);
    out->within = item_text(&item, "within");
    out->role = item_text(&item, "role");
    out->due = item_text(&item, "due");
  }
  stmt_done(row);
  return found;
}

void rung_deinit(struct rung *rung) {
  mem_free(rung->within);
  mem_free(rung->role);
  mem_free(rung->due);
}

int64_t ladder_insert(struct care *care, const struct sending *sending) {
  struct buf args = {0};
  value_put(&args, sending->args);
  store_exec(care->store,
             "INSERT INTO ladder (patient, run, question, kind, name, args, opened_at)"
             " VALUES (?1,?2,?3,?4,?5,?6,?7)",
             "iiIttbi", sending->run->patient, sending->run->id, sending->question,
             sending->kind, sending->name, args.data, args.len, kernel_now(care->kernel));
  buf_deinit(&args);
  return store_last_id(care->store);
}

void rung_insert(struct care *care, int64_t ladder, int64_t position, int64_t place,
                 const struct value *item, const struct value *args) {
  char *channel =
      item->kind == VALUE_TEXT ? value_copy_text(item) : item_text(item, "channel");
  char *own = item_text(item, "to"), *all = item_text(args, "to");
  store_exec(care->store,
             "INSERT INTO rung (ladder, position, place, channel, audience) VALUES"
             " (?1,?2,?3,?4,?5)",
             "iiitt", ladder, position, place, channel ? channel : "",
             own   ? own
             : all ? all
                   : "patient");
  mem_free(channel);
  mem_free(own);
  mem_free(all);
}

void ladder_set_due(struct care *care, struct ladder *ladder, int64_t at) {
  if (ladder->due_at)
    due_remove(care->kernel, DUE_MESSAGE, ladder->due_at, WORK_LADDER, ladder->id);
  if (at)
    due_add(care->kernel, DUE_MESSAGE, at, WORK_LADDER, ladder->id, ladder->run.patient);
  ladder->due_at = at;
  store_exec(care->store, "UPDATE ladder SET due_at=?2 WHERE id=?1", "iI", ladder->id,
             at);
}

static bool find_rung(struct stmt *row, int64_t *ladder, int64_t *position) {
  bool found = stmt_row(row);
  if (found) {
    *ladder = stmt_int(row, 0);
    *position = stmt_int(row, 1);
  }
  stmt_done(row);
  return found;
}

bool ladder_of_message(struct care *care, int64_t message, int64_t *ladder,
                       int64_t *position) {
  return find_rung(
      store_query(care->store, "SELECT ladder, position FROM rung WHERE message=?1", "i",
                  message),
      ladder, position);
}

bool ladder_of_task(struct care *care, int64_t task, int64_t *ladder, int64_t *position) {
  return find_rung(store_query(care->store,
                               "SELECT ladder, position FROM rung WHERE task=?1 AND"
                               " left_at IS NULL ORDER BY ladder DESC LIMIT 1",
                               "i", task),
                   ladder, position);
}
