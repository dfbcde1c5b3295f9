#include "care/task_row.h"

#include <string.h>

#include "base/mem.h"
#include "care/alert.h"
#include "care/commands.h"

static char *copy(struct stmt *row, int column) {
  return mem_copy_text(stmt_text(row, column));
}

static void read_row(struct stmt *row, struct task *out) {
  out->patient = stmt_int(row, 0);
  out->enrollment = stmt_int(row, 1);
  out->run = stmt_int(row, 2);
  out->question = stmt_int(row, 3);
  out->due_at = stmt_int(row, 4);
  out->overdue_at = stmt_int(row, 5);
  out->claimed_until = stmt_int(row, 6);
  out->closed_at = stmt_int(row, 7);
  out->department = copy(row, 8);
  out->name = copy(row, 9);
  out->role = copy(row, 10);
  out->form = copy(row, 11);
  out->note = copy(row, 12);
  out->status = copy(row, 13);
  out->claimed_by = copy(row, 14);
  out->code = copy(row, 15);
  out->closed_by = copy(row, 16);
}

bool task_load(struct store *store, int64_t id, struct task *out) {
  *out = (struct task){.id = id};
  struct stmt *row = store_query(
      store,
      "SELECT patient, enrollment, run, question, due_at, overdue_at, claimed_until,"
      " closed_at, department, name, role, form, note, status, claimed_by, code,"
      " closed_by FROM task WHERE id=?1",
      "i", id);
  bool found = stmt_row(row);
  if (found) read_row(row, out);
  stmt_done(row);
  return found;
}

void task_deinit(struct task *task) {
  char *const owned[] = {task->department, task->name, task->role,
                         task->form,       task->note, task->status,
                         task->claimed_by, task->code, task->closed_by};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) mem_free(owned[i]);
}

bool task_is(const struct task *task, const char *status) {
  return strcmp(task->status, status) == 0;
}

bool task_is_live(const struct task *task) {
  return task_is(task, "open") || task_is(task, "held");
}

static int64_t key_of(const struct task *task) {
  return task->patient ? task->patient : -task->id;
}

static void drop_due(struct care *care, const struct task *task) {
  if (task->due_at && task_is(task, "open"))
    due_remove(care->kernel, DUE_TASK, task->due_at, WORK_TASK, task->id);
}

void task_set_due(struct care *care, struct task *task, int64_t at) {
  drop_due(care, task);
  if (at) due_add(care->kernel, DUE_TASK, at, WORK_TASK, task->id, key_of(task));
  task->due_at = at;
  task->overdue_at = 0;
  store_exec(care->store,
             "UPDATE task SET due_at=?2, overdue_at=NULL, revision=revision+1"
             " WHERE id=?1",
             "iI", task->id, at);
}

void task_claim(struct care *care, struct task *task, const char *staff, int64_t until) {
  task_unclaim(care, task);
  due_add(care->kernel, DUE_TASK, until, WORK_CLAIM, task->id, key_of(task));
  task->claimed_until = until;
  store_exec(care->store,
             "UPDATE task SET claimed_by=?2, claimed_at=?3, claimed_until=?4,"
             " revision=revision+1 WHERE id=?1",
             "itii", task->id, staff, kernel_now(care->kernel), until);
}

void task_unclaim(struct care *care, struct task *task) {
  if (!task->claimed_until) return;
  due_remove(care->kernel, DUE_TASK, task->claimed_until, WORK_CLAIM, task->id);
  task->claimed_until = 0;
  store_exec(care->store,
             "UPDATE task SET claimed_by=NULL, claimed_at=NULL, claimed_until=NULL,"
             " revision=revision+1 WHERE id=?1",
             "i", task->id);
}

void task_clear(struct care *care, struct task *task, const char *reason) {
  drop_due(care, task);
  task_unclaim(care, task);
  alert_close_for_task(care, task->id, reason);
}

void task_withdraw(struct care *care, int64_t id, int64_t answer, const char *reason) {
  struct task task;
  if (task_load(care->store, id, &task) && task_is_live(&task)) {
    task_clear(care, &task, reason);
    store_exec(care->store,
               "UPDATE task SET status='withdrawn', closed_at=?2, reason=?3, answer=?4,"
               " code=CASE WHEN ?4 IS NULL THEN 'withdrawn' ELSE 'answered' END,"
               " revision=revision+1 WHERE id=?1",
               "iitI", id, kernel_now(care->kernel), reason, answer);
    commands_task_closed(care, id);
  }
  task_deinit(&task);
}
