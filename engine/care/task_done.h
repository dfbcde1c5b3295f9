// A task's result: its form is judged, the call recorded, the task closed or moved.
#pragma once

#include "care/task_inbox.h"

void task_done_handler(struct care *care);  // inbox "task.done"

struct judged {            // an answer as the task's form takes it, and its flag
  struct buf clean, flag;  // clean empty: none was given, or status says why it can't be
  bool given, unjudged;
  struct status status;
};
// Outside the transaction.
void judged_read(struct care *care, const struct task *task, const struct value *answer,
                 struct judged *out);
void judged_deinit(struct judged *judged);
// In it, after result_check: records the call, and moves the task (true: it stays open)
// or closes it and gives the answer.
bool task_settle(struct care *care, struct result *result, const struct judged *judged);
