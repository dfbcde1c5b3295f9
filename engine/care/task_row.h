// A task as loaded, and the steps between its states. For task*.c alone.
#pragma once

#include "care/task.h"

struct task {  // texts are owned
  int64_t id, patient, enrollment, run, question;
  int64_t due_at, overdue_at, claimed_until, closed_at;  // 0: none
  char *department, *name, *role, *form, *note, *status, *claimed_by, *code, *closed_by;
};

bool task_load(struct store *store, int64_t id, struct task *out);
void task_deinit(struct task *task);
bool task_is(const struct task *task, const char *status);
bool task_is_live(const struct task *task);  // open or held

// A new deadline of an open task; it is no longer overdue. 0: none.
void task_set_due(struct care *care, struct task *task, int64_t at);
// Somebody has it until then; nobody.
void task_claim(struct care *care, struct task *task, const char *staff, int64_t until);
void task_unclaim(struct care *care, struct task *task);
// Takes deadline, claim and its overdue alert away; then the caller says how it closed.
void task_clear(struct care *care, struct task *task, const char *reason);
// Withdrawn; answer 0 unless that is the reason. Waiting runs are told.
void task_withdraw(struct care *care, int64_t id, int64_t answer, const char *reason);

// Working time of the task's post (task_due.c).
int64_t task_time_left(struct care *care, const struct task *task);
int64_t task_due_after(struct care *care, const struct task *task, int64_t working_ms);
// End of the working range it is now, half a day on at most.
int64_t task_shift_end(struct care *care, const struct task *task);
