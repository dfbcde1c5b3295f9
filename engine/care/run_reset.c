#include "care/run_reset.h"

#include <string.h>

#include "base/mem.h"
#include "care/ids.h"
#include "care/message.h"
#include "care/question.h"
#include "care/task_row.h"
#include "run/journal.h"

enum { IS_COMMAND = 1 };

struct cut {         // of a record
  struct buf whole;  // all of it
  size_t len;        // of what is kept, in bytes …
  int64_t count;     // … and records
  bool found;
};

static bool is_command(const struct value *record) {
  struct value kind = value_at(record, 0);
  return value_int_or(&kind, 0) == IS_COMMAND;
}

static void look_for(struct cut *cut, const char *label, struct buf *labels) {
  struct value record;
  int64_t position = 0;
  for (size_t at = 0, used; at < cut->whole.len; at += used, position++) {
    used = value_read_front(cut->whole.data + at, cut->whole.len - at, &record);
    if (!used) return;
    struct value name = value_at(&record, 2);
    if (!is_command(&record) || name.kind != VALUE_TEXT) continue;
    buf_printf(labels, "%s%.*s", labels->len ? ", " : "", (int)name.text.len,
               name.text.data);
    if (!value_is(&name, label)) continue;
    cut->found = true;
    cut->len = at;
    cut->count = position;
  }
}

static bool keeps(const struct cut *cut, const char *op, const char *label) {
  struct value record;
  for (size_t at = 0, used; at < cut->len; at += used) {
    used = value_read_front(cut->whole.data + at, cut->len - at, &record);
    if (!used) return false;
    struct value name = value_at(&record, 2), what = value_at(&record, 1);
    if (is_command(&record) && value_is(&what, op) && value_is(&name, label)) return true;
  }
  return false;
}

static void withdraw_tasks(struct care *care, const struct run *run,
                           const struct cut *cut) {
  struct stmt *rows =
      store_query(care->store,
                  "SELECT id, name FROM task WHERE run=?1 AND patient=?2 AND status IN "
                  "('open','held')",
                  "ii", run->id, run->patient);
  struct ids gone = {0};
  while (stmt_row(rows))
    if (!keeps(cut, "task", stmt_text(rows, 1))) ids_add(&gone, stmt_int(rows, 0));
  stmt_done(rows);
  for (int64_t id; ids_next(&gone, &id);) task_withdraw(care, id, 0, "reset");
}

static void leave_questions(struct care *care, const struct run *run,
                            const struct cut *cut) {
  struct stmt *rows =
      store_query(care->store,
                  "SELECT id, form FROM question WHERE patient=?1 AND run=?2 AND "
                  "status IN ('open','lapsed')",
                  "ii", run->patient, run->id);
  struct ids gone = {0};
  while (stmt_row(rows))
    if (!keeps(cut, "ask", stmt_text(rows, 1))) ids_add(&gone, stmt_int(rows, 0));
  stmt_done(rows);
  for (int64_t id; ids_next(&gone, &id);) question_leave(care, id, run->id, "reset");
}

static int refuse_ended(struct care *care, const struct run *run, struct status *status) {
  if (!run->enrollment ||
      store_int(care->store, 0,
                "SELECT 1 FROM enrollment WHERE id=?1 AND status<>'ended'", "i",
                run->enrollment))
    return OK;
  return status_fail(status, ERR_CONFLICT,
                     "the enrollment of this run has ended, so nothing goes on in it");
}

// Paused ones stay so, and go on from there at their resuming.
static void make_ready(struct care *care, const struct run *run) {
  int64_t now = kernel_now(care->kernel);
  bool paused = !strcmp(run->status, "paused");
  if (run->due_at && !paused)
    due_remove(care->kernel, DUE_RUN, run->due_at, WORK_RUN, run->id);
  store_exec(care->store,
             "UPDATE run SET status=?2, wait=NULL, wait_ref=NULL, wait_label=NULL, "
             "within=NULL, due_at=?3, ended_at=NULL, result=NULL, cause=NULL WHERE id=?1",
             "itI", run->id, paused ? "paused" : "ready", paused ? 0 : now);
  if (!paused) due_add(care->kernel, DUE_RUN, now, WORK_RUN, run->id, run->patient);
}

int run_revive(struct care *care, const struct run *run, struct status *status) {
  if (refuse_ended(care, run, status)) return status->code;
  make_ready(care, run);
  return OK;
}

// The old rows stay behind; the run's new chain begins with what is kept.
static void keep_record(struct care *care, const struct run *run, const struct cut *cut) {
  struct buf kept = {0};
  int64_t last = 0;
  buf_put(&kept, cut->whole.data, cut->len);
  if (cut->count)
    last =
        journal_append(care->store, &(struct journal_row){.run = run->id,
                                                          .at = kernel_now(care->kernel),
                                                          .position = 1,
                                                          .count = cut->count,
                                                          .records = &kept});
  store_exec(care->store,
             "UPDATE run SET last_journal=?2, records=?3, outcome=NULL WHERE id=?1",
             "iIi", run->id, last, cut->count);
  if (!cut->count)  // it begins anew, with the newest version
    store_exec(care->store, "DELETE FROM run_version WHERE run=?1", "i", run->id);
  buf_deinit(&kept);
}

int run_reset(struct care *care, const struct run *run, const char *label,
              struct status *status) {
  struct cut cut = {0};
  struct buf labels = {0};
  int code = refuse_ended(care, run, status);
  run_journal(care->store, run, &cut.whole);
  look_for(&cut, label, &labels);
  if (!code && !cut.found)
    code = status_fail(status, ERR_NOT_FOUND,
                       "the run's record has no \"%s\" to go back to; it has %s", label,
                       labels.len ? buf_text(&labels) : "nothing yet");
  if (!code) {
    keep_record(care, run, &cut);
    make_ready(care,
               run);  // it waits for nothing now: what is withdrawn tells it nothing
    withdraw_tasks(care, run, &cut);
    leave_questions(care, run, &cut);
    message_cancel_for_run(care, run->id, "reset");
  }
  buf_deinit(&labels);
  buf_deinit(&cut.whole);
  return code;
}
