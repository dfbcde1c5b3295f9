#include "care/line_row.h"

#include <stdio.h>
#include <string.h>

// Keys of works: no patient's, and none that other works make of their ids.
static int64_t key_of(const struct line *line) { return -((int64_t)1 << 48) - line->id; }

static const char *literal(const char *shut) {
  static const char *const words[] = {"breaker", "channel-config", "delayed", "rate"};
  for (int i = 0; shut && i < 4; i++)
    if (strcmp(words[i], shut) == 0) return words[i];
  return NULL;
}

#define COLUMNS                                                                      \
  "SELECT id, name, shut, since, until, pause, trying, lost, wrong, error, due_at,"  \
  " alert, day, sent, (SELECT urgency FROM waiting WHERE waiting.channel=channel.id" \
  " ORDER BY urgency LIMIT 1) FROM channel WHERE "

static void read_row(struct stmt *row, struct line *out) {
  out->id = stmt_int(row, 0);
  snprintf(out->name, sizeof out->name, "%s", stmt_text(row, 1));
  out->breaker = (struct breaker){.shut = literal(stmt_text(row, 2)),
                                  .since = stmt_int(row, 3),
                                  .until = stmt_int(row, 4),
                                  .pause = stmt_int(row, 5),
                                  .trying = stmt_int(row, 6) != 0,
                                  .lost = stmt_int(row, 7),
                                  .wrong = stmt_int(row, 8)};
  const char *error = stmt_text(row, 9);
  snprintf(out->error, sizeof out->error, "%s", error ? error : "");
  out->due_at = stmt_int(row, 10);
  out->alert = stmt_int(row, 11);
  out->day = stmt_int(row, 12);
  out->sent = stmt_int(row, 13);
  out->waited_for = !stmt_null(row, 14);
  out->safety = out->waited_for && stmt_int(row, 14) == 0;
}

void line_load(struct care *care, const char *channel, struct line *out) {
  memset(out, 0, sizeof *out);
  struct stmt *row = store_query(care->store, COLUMNS "name=?1", "t", channel);
  if (stmt_row(row))
    read_row(row, out);
  else
    snprintf(out->name, sizeof out->name, "%s", channel);
  stmt_done(row);
}

bool line_load_id(struct care *care, int64_t id, struct line *out) {
  memset(out, 0, sizeof *out);
  struct stmt *row = store_query(care->store, COLUMNS "id=?1", "i", id);
  bool found = stmt_row(row);
  if (found) read_row(row, out);
  stmt_done(row);
  return found;
}

void line_save(struct care *care, struct line *line) {
  const struct breaker *breaker = &line->breaker;
  store_exec(care->store,
             "INSERT INTO channel (name,shut,since,until,pause,trying,lost,wrong,error,"
             "alert,day,sent) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12) ON CONFLICT"
             " (name) DO UPDATE SET shut=?2, since=?3, until=?4, pause=?5, trying=?6,"
             " lost=?7, wrong=?8, error=?9, alert=?10, day=?11, sent=?12",
             "ttIIIiiitIIi", line->name, breaker->shut, breaker->since, breaker->until,
             breaker->pause, (int64_t)breaker->trying, breaker->lost, breaker->wrong,
             line->error[0] ? line->error : NULL, line->alert, line->day, line->sent);
  if (!line->id)
    line->id = store_int(care->store, 0, "SELECT id FROM channel WHERE name=?1", "t",
                         line->name);
}

void line_arm(struct care *care, struct line *line, int64_t at) {
  if (line->due_at && line->due_at <= at) return;
  if (!line->id) line_save(care, line);
  if (line->due_at)
    due_remove(care->kernel, DUE_ALERT, line->due_at, WORK_CHANNEL, line->id);
  due_add(care->kernel, DUE_ALERT, at, WORK_CHANNEL, line->id, key_of(line));
  line->due_at = at;
  store_exec(care->store, "UPDATE channel SET due_at=?2 WHERE id=?1", "ii", line->id, at);
}
