// Tasks of a patient who is in a bed again: they keep the working time that is left.
#include "care/ids.h"
#include "care/task_row.h"

static void hold(struct care *care, struct task *task) {
  int64_t left = task->due_at ? task_time_left(care, task) : 0;
  bool has_due = task->due_at;
  task_clear(care, task, "held");
  store_exec(care->store,
             "UPDATE task SET status='held', due_at=CASE WHEN ?3 THEN ?2 END,"
             " overdue_at=NULL, revision=revision+1 WHERE id=?1",
             "iii", task->id, left, (int64_t)has_due);
}

static void unhold(struct care *care, struct task *task) {
  bool has_due = store_int(
      care->store, 0, "SELECT due_at IS NOT NULL FROM task WHERE id=?1", "i", task->id);
  store_exec(care->store, "UPDATE task SET status='open' WHERE id=?1", "i", task->id);
  if (has_due) task_set_due(care, task, task_due_after(care, task, task->due_at));
}

void task_hold_for_enrollment(struct care *care, int64_t enrollment, bool wanted) {
  const char *from = wanted ? "open" : "held";
  struct stmt *rows = store_query(care->store,
                                  "SELECT t.id FROM enrollment e JOIN task t ON"
                                  " t.patient=e.patient AND t.enrollment=e.id WHERE"
                                  " e.id=?1 AND t.status=?2",
                                  "it", enrollment, from);
  struct ids ids = ids_read(rows);
  for (int64_t id; ids_next(&ids, &id);) {
    struct task task;
    if (task_load(care->store, id, &task)) (wanted ? hold : unhold)(care, &task);
    task_deinit(&task);
  }
}
