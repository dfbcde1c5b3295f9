#include "run/run.h"

#include <string.h>

#include "base/mem.h"
#include "run/journal.h"

#define COLUMNS                                                                       \
  "id, patient, enrollment, bundle, event, department, pathway, kind, name, day, "    \
  "status, "                                                                          \
  "wait, wait_ref, wait_label, within, due_at, last_journal, records, scheduled_at, " \
  "started_at, valid_until, outcome"

static void copy_word(char *out, size_t size, const char *word) {
  size_t len = word ? strnlen(word, size - 1) : 0;
  if (len) memcpy(out, word, len);
  out[len] = 0;
}

static void read_columns(struct stmt *row, struct run *out) {
  *out = (struct run){
      .id = stmt_int(row, 0),
      .patient = stmt_int(row, 1),
      .enrollment = stmt_int(row, 2),
      .bundle = stmt_int(row, 3),
      .event = stmt_int(row, 4),
      .department = mem_copy_text(stmt_text(row, 5)),
      .pathway = mem_copy_text(stmt_text(row, 6)),
      .kind = mem_copy_text(stmt_text(row, 7)),
      .name = mem_copy_text(stmt_text(row, 8)),
      .day = mem_copy_text(stmt_text(row, 9)),
      .wait_ref = stmt_int(row, 12),
      .wait_label = mem_copy_text(stmt_text(row, 13)),
      .within = mem_copy_text(stmt_text(row, 14)),
      .due_at = stmt_int(row, 15),
      .last_journal = stmt_int(row, 16),
      .records = stmt_int(row, 17),
      .scheduled_at = stmt_int(row, 18),
      .started_at = stmt_int(row, 19),
      .valid_until = stmt_int(row, 20),
  };
  size_t len;
  const void *outcome = stmt_bytes(row, 21, &len);
  if (outcome) buf_put(&out->outcome, outcome, len);
  copy_word(out->status, sizeof out->status, stmt_text(row, 10));
  copy_word(out->wait, sizeof out->wait, stmt_text(row, 11));
}

bool run_load(struct store *store, int64_t id, struct run *out) {
  struct stmt *row =
      store_query(store, "SELECT " COLUMNS " FROM run WHERE id=?1", "i", id);
  bool found = stmt_row(row);
  if (found) read_columns(row, out);
  stmt_done(row);
  return found;
}

void run_deinit(struct run *run) {
  mem_free(run->department);
  mem_free(run->pathway);
  mem_free(run->kind);
  mem_free(run->name);
  mem_free(run->day);
  mem_free(run->wait_label);
  mem_free(run->within);
  buf_deinit(&run->outcome);
  *run = (struct run){0};
}

static void put_due(struct kernel *kernel, int64_t id, int64_t patient, int64_t at) {
  store_exec(kernel_store(kernel), "UPDATE run SET due_at=?2 WHERE id=?1", "iI", id, at);
  if (at) due_add(kernel, DUE_RUN, at, WORK_RUN, id, patient);
}

static void drop_due(struct kernel *kernel, const struct run *run) {
  if (run->due_at) due_remove(kernel, DUE_RUN, run->due_at, WORK_RUN, run->id);
}

int64_t run_start(struct kernel *kernel, const struct run_spec *spec) {
  struct store *store = kernel_store(kernel);
  int64_t now = kernel_now(kernel);
  int changed = store_exec(
      store,
      "INSERT OR IGNORE INTO run (patient, enrollment, department, pathway, kind, name, "
      "day, "
      "bundle, event, flag, status, scheduled_at, started_at, valid_until, due_at) "
      "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,'ready',?11,?12,?13,?12)",
      "iItttttiIbiii", spec->patient, spec->enrollment, spec->department, spec->pathway,
      spec->kind, spec->name, spec->day, spec->bundle, spec->event,
      spec->flag ? spec->flag->data : NULL, spec->flag ? spec->flag->len : (size_t)0,
      spec->scheduled_at, now, spec->valid_until);
  if (changed <= 0) return 0;
  int64_t id = store_last_id(store);
  due_add(kernel, DUE_RUN, now, WORK_RUN, id, spec->patient);
  return id;
}

void run_journal(struct store *store, const struct run *run, struct buf *out) {
  journal_read(store, run->last_journal, out);
  buf_put(out, run->outcome.data, run->outcome.len);
}

void run_append(struct kernel *kernel, struct run *run, const struct buf *records,
                uint32_t count) {
  bool outcome = run->outcome.len != 0;
  if (!count && !outcome) return;
  buf_put(&run->outcome, records->data, records->len);
  run->last_journal = journal_append(
      kernel_store(kernel), &(struct journal_row){.run = run->id,
                                                  .prev = run->last_journal,
                                                  .at = kernel_now(kernel),
                                                  .position = run->records + !outcome,
                                                  .count = count + outcome,
                                                  .records = &run->outcome});
  buf_clear(&run->outcome);
  run->records += count;
}

void run_put_outcome(struct buf *out, const struct value *value, const char *why,
                     int64_t source) {
  size_t list = value_begin_list(out);
  value_put_int(out, RECORD_IS_OUTCOME);
  if (value)
    value_put(out, value);
  else
    value_put_nil(out);
  if (why)
    value_put_text(out, why);
  else
    value_put_nil(out);
  if (source) value_put_int(out, source);
  value_end(out, list, source ? 4 : 3);
}

static bool is_live_wait(const struct run *run) {
  return run->wait[0] &&
         (!strcmp(run->status, "waiting") || !strcmp(run->status, "paused"));
}

static void make_ready(struct kernel *kernel, struct run *run) {
  struct store *store = kernel_store(kernel);
  bool paused = !strcmp(run->status, "paused");
  drop_due(kernel, run);
  run->due_at = paused ? 0 : kernel_now(kernel);
  run->wait[0] = 0;
  copy_word(run->status, sizeof run->status, paused ? "paused" : "ready");
  store_exec(
      store,
      "UPDATE run SET status=?2, wait=NULL, wait_ref=NULL, wait_label=NULL, within=NULL, "
      "due_at=?3, outcome=?4, records=?5 WHERE id=?1",
      "itIbi", run->id, run->status, run->due_at, run->outcome.data, run->outcome.len,
      run->records);
  if (!paused) due_add(kernel, DUE_RUN, run->due_at, WORK_RUN, run->id, run->patient);
}

static void give(struct kernel *kernel, struct run *run, const struct value *value,
                 const char *why, int64_t source) {
  if (!is_live_wait(run)) return;
  run_put_outcome(&run->outcome, value, why, source);
  run->records++;
  make_ready(kernel, run);
}

void run_outcome_of(struct kernel *kernel, struct run *run, const struct value *value,
                    const char *why) {
  give(kernel, run, value, why, 0);
}

void run_outcome(struct kernel *kernel, int64_t id, const struct value *value,
                 const char *why) {
  struct run run;
  if (!run_load(kernel_store(kernel), id, &run)) return;
  give(kernel, &run, value, why, 0);
  run_deinit(&run);
}

void run_outcome_from(struct kernel *kernel, int64_t id, const struct value *value,
                      int64_t source) {
  struct run run;
  if (!run_load(kernel_store(kernel), id, &run)) return;
  give(kernel, &run, value, NULL, source);
  run_deinit(&run);
}

void run_deadline(struct kernel *kernel, int64_t id, int64_t at) {
  struct run run;
  if (!run_load(kernel_store(kernel), id, &run)) return;
  if (!strcmp(run.status, "waiting")) {
    drop_due(kernel, &run);
    put_due(kernel, id, run.patient, at);
  }
  run_deinit(&run);
}

void run_wait(struct kernel *kernel, struct run *run, const struct run_wait *wait) {
  struct store *store = kernel_store(kernel);
  copy_word(run->status, sizeof run->status, "waiting");
  copy_word(run->wait, sizeof run->wait, wait->kind);
  run->due_at = wait->until;
  store_exec(store,
             "UPDATE run SET status='waiting', wait=?2, wait_ref=?3, wait_label=?4, "
             "within=?5, due_at=?6, bundle=?7, last_journal=?8, records=?9, "
             "outcome=NULL WHERE id=?1",
             "itIttIiIi", run->id, wait->kind, wait->ref, wait->label, wait->within,
             wait->until, run->bundle, run->last_journal, run->records);
  if (!strcmp(wait->kind, "event")) kernel_heed(kernel, wait->label);
  if (wait->until) due_add(kernel, DUE_RUN, wait->until, WORK_RUN, run->id, run->patient);
}

void run_end(struct kernel *kernel, struct run *run, const char *status,
             const char *result, const char *cause) {
  struct store *store = kernel_store(kernel);
  const struct buf nothing = {0};
  drop_due(kernel, run);
  run_append(kernel, run, &nothing, 0);
  run->due_at = 0;
  store_exec(store,
             "UPDATE run SET status=?2, result=?3, cause=?4, ended_at=?5, due_at=NULL, "
             "wait=NULL, wait_ref=NULL, bundle=?6, last_journal=?7, records=?8, "
             "outcome=NULL WHERE id=?1",
             "itttiiIi", run->id, status, result, cause, kernel_now(kernel), run->bundle,
             run->last_journal, run->records);
}

void run_finish(struct kernel *kernel, int64_t id, const char *status, const char *result,
                const char *cause) {
  struct run run;
  if (!run_load(kernel_store(kernel), id, &run)) return;
  run_end(kernel, &run, status, result, cause);
  run_deinit(&run);
}

// A paused run keeps in due_at how many milliseconds its wait had left; NULL when it had
// no limit.
void run_pause(struct kernel *kernel, int64_t id) {
  struct store *store = kernel_store(kernel);
  struct run run;
  if (!run_load(store, id, &run)) return;
  if (!strcmp(run.status, "waiting") || !strcmp(run.status, "ready")) {
    drop_due(kernel, &run);
    int64_t left = run.due_at > kernel_now(kernel) ? run.due_at - kernel_now(kernel) : 1;
    store_exec(store, "UPDATE run SET status='paused', due_at=?2 WHERE id=?1", "iI", id,
               run.due_at ? left : 0);
  }
  run_deinit(&run);
}

void run_resume(struct kernel *kernel, int64_t id) {
  struct store *store = kernel_store(kernel);
  struct run run;
  if (!run_load(store, id, &run)) return;
  if (!strcmp(run.status, "paused")) {
    bool waits = run.wait[0];
    int64_t at = !waits       ? kernel_now(kernel)
                 : run.due_at ? kernel_now(kernel) + run.due_at
                              : 0;
    store_exec(store, "UPDATE run SET status=?2 WHERE id=?1", "it", id,
               waits ? "waiting" : "ready");
    put_due(kernel, id, run.patient, at);
  }
  run_deinit(&run);
}
