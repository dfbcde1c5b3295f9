// Work for a duty post: due in the post's working time, claimed until the shift ends,
// closed with a result code.
#pragma once

#include "care/care.h"

void task_handlers(struct care *care);  // WORK_TASK, WORK_CLAIM, inbox "task.claim"
                                        // "task.release" "task.done"
struct task_spec {
  int64_t patient, enrollment, run, question;
  const char *department, *name, *role, *form, *note;
  int64_t due_at;  // ms; 0: none
};
// A task of this name still open from an earlier occurrence of the same step and
// enrollment is joined (SCRIPTING rule 2).
int64_t task_open(struct care *care, const struct task_spec *spec);
void task_withdraw_for_question(struct care *care, int64_t question, int64_t answer,
                                const char *reason);
void task_withdraw_for_enrollment(struct care *care, int64_t enrollment,
                                  const char *reason);
void task_withdraw_for_patient(struct care *care, int64_t patient, const char *reason);
void task_withdraw_for_run(struct care *care, int64_t run, const char *reason);
void task_hold_for_enrollment(struct care *care, int64_t enrollment,
                              bool hold);  // pause and resume
// The result as a script sees it: {code, answer, note, by, to}; false while open.
bool task_result(struct care *care, int64_t task, struct buf *out);
// Result codes (WARD 12): NULL when unknown.
struct result_code {
  const char *code, *zh, *en;
  bool attempt, call;
};
const struct result_code *result_codes(void);  // ended by a NULL code
int64_t task_due(struct care *care, const char *department, const char *role,
                 const char *span,
                 struct status *status);  // ms in the post's working time
