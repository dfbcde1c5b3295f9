// What people do with a task: claim, release, give its result.
#pragma once

#include "care/inbox_field.h"
#include "care/task_row.h"

// inbox "task.claim" "task.release" "task.done" "patient.found"
void task_inbox_handlers(struct care *care);

struct task_request {  // who does it to which task
  struct task task;
  char staff[STAFF_SIZE];
};
int task_request_read(struct care *care, const struct inbox_row *row,
                      struct task_request *request, struct status *status);
// Somebody else has claimed it.
int task_refuse_claimed(struct care *care, const struct task *task,
                        struct status *status);

struct result {  // a request "task.done", read; texts are owned
  struct task task;
  const struct result_code *code;
  char staff[STAFF_SIZE];
  const char
      *by_kind;      // whose the answer is: "staff"; a robot heard "patient" or "family"
  char *note, *to;   // may be NULL
  int64_t at;        // when to ring again, or of death; 0: not said
  int64_t identity;  // the number that was rung; 0: none known
};
// Reads the request; answered: with an answer that its form takes.
int result_read(struct care *care, const struct inbox_row *row, bool answered,
                struct result *result, struct status *status);
// Whether this result may be given now, in a sentence if not (task_result.c).
int result_check(struct care *care, const struct result *result, struct status *status);
// Whether the task stays open after it: an appointed time, another language, a transfer
// that no run waits for. If so it was moved.
bool result_moves(struct care *care, struct result *result);
// What follows for the patient, his numbers and consent; the task is closed already.
void result_follow(struct care *care, const struct result *result);
