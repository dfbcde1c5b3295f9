// What staff do with a case beside its tasks, and what becomes of those.
#pragma once

#include "care/case.h"
#include "care/inbox_field.h"

// Inbox "case.link" { case, patient, staff, reason } whom it is about, "case.merge" {
// case, into, staff, reason } the same matter came twice, "case.attach" { case,
// attachments, staff } files that attachment_write wrote.
// "case.extend" { case, clock, staff, reason } and "case.told" { case, solved, satisfied,
// staff }: what the call-back said.
void case_desk_handlers(struct care *care);
// "case.join" and "case.leave" { case, to, reason, staff }: a department beside the lead.
void case_joint_handlers(struct care *care);
// A person asked for this part in the round that goes on: the run's task of that name is
// it, open or done.
bool case_joint_asked(struct care *care, int64_t run, int64_t enrollment,
                      const char *name);
void case_extend_handler(struct care *care);
void case_told_handler(struct care *care);
void case_correct_handler(
    struct care *care);  // "case.correct" { case, field, value, staff }
// A request about a case that is open: who does it, and why. The caller frees the reason,
// also when it is refused.
struct case_deed {
  int64_t id;
  char staff[STAFF_SIZE];
  char *reason;
};
int case_deed_read(struct care *care, const struct value *body, struct case_deed *out,
                   struct status *status);
// A task of a case was done: a transfer stands in the ledger, and clocks know nothing of
// it.
struct case_task {
  const char *name, *staff, *code, *note, *to;
};
void case_task_done(struct care *care, int64_t enrollment, const struct case_task *task);
void case_ping_pong_over(struct care *care, int64_t enrollment);
// A case was opened: another one that is open, of the same sender or patient about the
// same matter, is proposed for merging.
void case_find_twin(struct care *care, int64_t enrollment);
