// Work for a duty post: due in the post's working time, claimed until the shift ends,
// closed with a result code.
#pragma once

#include "care/care.h"

// WORK_TASK, WORK_CLAIM, inbox "task.claim" "task.release" "task.done" "patient.found"
void task_handlers(struct care *care);
struct task_spec {
  int64_t patient, enrollment, run, question;
  const char *department, *name, *role, *form, *note;
  int64_t due_at;  // ms; 0: none
};
// A task of this name still open from an earlier occurrence of the same step and
// enrollment is joined (SCRIPTING rule 2); it then belongs to the newer run.
int64_t task_open(struct care *care, const struct task_spec *spec);
void task_withdraw_for_question(struct care *care, int64_t question, int64_t answer,
                                const char *reason);
void task_withdraw_for_enrollment(struct care *care, int64_t enrollment,
                                  const char *reason);
void task_withdraw_of_case(struct care *care, int64_t enrollment, const char *name,
                           const char *reason);
void task_withdraw_for_patient(struct care *care, int64_t patient, const char *reason);
void task_withdraw_for_run(struct care *care, int64_t run, const char *reason);
// Tasks of that name opened since then, which no run waits for.
void task_withdraw_named(struct care *care, int64_t patient, const char *name,
                         int64_t since, const char *reason);
// Pause and resume. A held task's due_at is the ms of working time that are left.
void task_hold_for_enrollment(struct care *care, int64_t enrollment, bool hold);
// The result as a script sees it: {code, answer, note, by, to}; false while open.
// Withdrawn because somebody answered: code "answered"; for another reason: "withdrawn".
bool task_result(struct care *care, int64_t task, struct buf *out);
// A span as the deadline of work of this post, from now: hours and minutes are working
// time, days and months the calendar's, moved to the next working moment. 0 when it is no
// span.
int64_t task_due(struct care *care, const char *department, const char *role,
                 const char *span, struct status *status);

// Result codes (WARD 12).
struct result_code {
  const char *code, *zh, *en;
  bool call;     // was rung: a row in call
  bool attempt;  // counts as an attempt
  bool spoke;    // somebody answered: attempts before it prove no loss
};
const struct result_code *result_codes(void);  // ended by a NULL code
const struct result_code *result_code_find(
    const char *word);  // code or zh; NULL: unknown
