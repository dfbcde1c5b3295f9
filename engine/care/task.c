#include "care/task.h"

#include "base/iso.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/ids.h"
#include "care/mapping.h"
#include "care/question.h"
#include "care/share.h"
#include "care/task_inbox.h"
#include "care/task_row.h"

enum { AGAIN_MS = 10 * CIVIL_MINUTE_MS };  // after a deadline that could not be written

static int64_t find_open(struct care *care, const struct task_spec *spec) {
  return store_int(
      care->store, 0,
      "SELECT id FROM task WHERE patient IS ?1 AND enrollment IS ?2 AND name=?3 AND"
      " department=?4 AND status IN ('open','held') AND"
      " (SELECT name FROM run WHERE run.id=task.run) IS"
      " (SELECT name FROM run WHERE run.id=?5) LIMIT 1",
      "IIttI", spec->patient, spec->enrollment, spec->name, spec->department, spec->run);
}

static void join(struct care *care, int64_t id, const struct task_spec *spec) {
  store_exec(care->store,
             "UPDATE task SET run=coalesce(?2, run), question=coalesce(?3, question),"
             " revision=revision+1 WHERE id=?1",
             "iII", id, spec->run, spec->question);
}

int64_t task_open(struct care *care, const struct task_spec *spec) {
  int64_t id = find_open(care, spec);
  if (id) {
    join(care, id, spec);
    return id;
  }
  store_exec(care->store,
             "INSERT INTO task (patient, enrollment, run, question, department, name,"
             " role, form, note, status, opened_at) VALUES"
             " (?1,?2,?3,?4,?5,?6,?7,?8,?9,'open',?10)",
             "IIIIttttti", spec->patient, spec->enrollment, spec->run, spec->question,
             spec->department, spec->name, spec->role, spec->form, spec->note,
             kernel_now(care->kernel));
  struct task task;
  id = store_last_id(care->store);
  if (spec->due_at && task_load(care->store, id, &task)) {
    task_set_due(care, &task, spec->due_at);
    task_deinit(&task);
  }
  return id;
}

static void withdraw_all(struct care *care, struct stmt *rows, int64_t answer,
                         const char *reason) {
  struct ids ids = ids_read(rows);
  for (int64_t id; ids_next(&ids, &id);) task_withdraw(care, id, answer, reason);
}

void task_withdraw_for_question(struct care *care, int64_t question, int64_t answer,
                                const char *reason) {
  withdraw_all(care,
               store_query(care->store,
                           "SELECT t.id FROM question q JOIN task t ON"
                           " t.patient=q.patient AND t.question=q.id WHERE q.id=?1 AND"
                           " t.status IN ('open','held')",
                           "i", question),
               answer, reason);
}

void task_withdraw_for_enrollment(struct care *care, int64_t enrollment,
                                  const char *reason) {
  withdraw_all(care,
               store_query(care->store,
                           "SELECT t.id FROM enrollment e JOIN task t ON"
                           " t.patient=e.patient AND t.enrollment=e.id WHERE e.id=?1 AND"
                           " t.status IN ('open','held')",
                           "i", enrollment),
               0, reason);
}

void task_withdraw_of_case(struct care *care, int64_t enrollment, const char *name,
                           const char *reason) {
  withdraw_all(care,
               store_query(care->store,
                           "SELECT t.id FROM enrollment e JOIN task t ON"
                           " t.patient=e.patient AND t.enrollment=e.id WHERE e.id=?1 AND"
                           " t.name=?2 AND t.status IN ('open','held')",
                           "it", enrollment, name),
               0, reason);
}

void task_withdraw_for_patient(struct care *care, int64_t patient, const char *reason) {
  withdraw_all(care,
               store_query(care->store,
                           "SELECT id FROM task WHERE patient=?1 AND status IN"
                           " ('open','held')",
                           "i", patient),
               0, reason);
}

void task_withdraw_for_run(struct care *care, int64_t run, const char *reason) {
  withdraw_all(care,
               store_query(care->store,
                           "SELECT t.id FROM run r JOIN task t ON t.patient=r.patient AND"
                           " t.run=r.id WHERE r.id=?1 AND t.status IN ('open','held')",
                           "i", run),
               0, reason);
}

void task_withdraw_named(struct care *care, int64_t patient, const char *name,
                         int64_t since, const char *reason) {
  withdraw_all(care,
               store_query(care->store,
                           "SELECT id FROM task WHERE patient=?1 AND name=?2 AND"
                           " opened_at>=?3 AND run IS NULL AND status IN"
                           " ('open','held')",
                           "iti", patient, name, since),
               0, reason);
}

static void put_result(struct care *care, struct stmt *row, struct buf *out) {
  struct buf answer = {0};
  struct mapping map = mapping_begin(out);
  if (!stmt_null(row, 0) && answer_value(care, stmt_int(row, 0), &answer)) {
    mapping_key(&map, "answer");
    buf_put(out, answer.data, answer.len);
  }
  mapping_text(&map, "by", stmt_text(row, 1));
  mapping_text(&map, "code", stmt_text(row, 2));
  mapping_text(&map, "note", stmt_text(row, 3));
  mapping_text(&map, "to", stmt_text(row, 4));
  mapping_end(&map);
  buf_deinit(&answer);
}

bool task_result(struct care *care, int64_t task, struct buf *out) {
  struct stmt *row = store_query(care->store,
                                 "SELECT answer, closed_by, code, result_note, moved_to"
                                 " FROM task WHERE id=?1 AND status IN"
                                 " ('done','withdrawn')",
                                 "i", task);
  bool closed = stmt_row(row);
  if (closed) put_result(care, row, out);
  stmt_done(row);
  return closed;
}

static void raise_overdue(struct care *care, const struct task *task) {
  struct buf name = {0}, reason = {0};
  char due[ISO_SIZE];
  struct value body = catalog_department(care->catalog, task->department);
  struct value field = value_field(&body, "overdue");
  char *escalation = value_copy_text(&field);
  iso_format(task->due_at, care_zone(care, task->department), due);
  buf_printf(&name, "overdue-%s", task->name);
  buf_printf(&reason, "task '%s' of %s was due at %s", task->name, task->role, due);
  alert_open(care, &(struct alert_spec){.patient = task->patient,
                                        .enrollment = task->enrollment,
                                        .run = task->run,
                                        .task = task->id,
                                        .department = task->department,
                                        .name = name.data,
                                        .level = "soon",
                                        .reason = reason.data,
                                        .escalation = escalation ? escalation : ""});
  mem_free(escalation);
  buf_deinit(&name);
  buf_deinit(&reason);
}

static void apply_due(void *self, struct work *work) {
  struct care *care = self;
  struct task task;
  if (task_load(care->store, work->ref, &task) && task_is(&task, "open") &&
      task.due_at == work->at) {
    store_exec(care->store,
               "UPDATE task SET overdue_at=?2, revision=revision+1 WHERE id=?1", "ii",
               task.id, kernel_now(care->kernel));
    raise_overdue(care, &task);
  }
  task_deinit(&task);
}

static void refuse_due(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  struct task task;
  (void)why;
  if (task_load(care->store, work->ref, &task) && task_is(&task, "open"))
    task_set_due(care, &task, kernel_now(care->kernel) + AGAIN_MS);
  task_deinit(&task);
}

static void apply_lapse(void *self, struct work *work) {
  struct care *care = self;
  struct task task;
  if (task_load(care->store, work->ref, &task) && task.claimed_until == work->at)
    task_unclaim(care, &task);
  task_deinit(&task);
}

void task_handlers(struct care *care) {
  static const struct work_handler due = {
      .apply = apply_due, .refuse = refuse_due, .share = share_of_task};
  static const struct work_handler lapse = {.apply = apply_lapse, .share = share_of_task};
  kernel_handle(care->kernel, WORK_TASK, &due, care);
  kernel_handle(care->kernel, WORK_CLAIM, &lapse, care);
  task_inbox_handlers(care);
}
