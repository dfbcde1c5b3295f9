// One patient on one pathway: enrolled, planned, paused, ended.
#pragma once

#include "care/care.h"

void enrollment_handlers(struct care *care);  // WORK_PLAN, WORK_RETIER, WORK_EVENT
// The tier by the newest script; heap text, NULL when there is none or status says why.
// Lua runs: outside a transaction.
char *enrollment_evaluate_tier(struct care *care, const char *department,
                               const char *pathway, int64_t patient, int64_t enrollment,
                               int64_t event, struct status *status);
bool pathway_has_tier(struct care *care, const char *department, const char *pathway);
// Called by events within their commit (C only, no Lua).
void enrollment_pause(struct care *care, int64_t enrollment);
void enrollment_pause_all(struct care *care, int64_t patient);
void enrollment_resume_all(struct care *care, int64_t patient);
void enrollment_end_all(struct care *care, int64_t patient,
                        const char *reason);  // runs, questions, tasks with it
void enrollment_end(struct care *care, int64_t enrollment, const char *reason);
void enrollment_move_all(struct care *care, int64_t from_patient,
                         int64_t to_patient);  // merge; double ones end
// After a turn of one of its runs: its tier is looked at again, and it ends when nothing
// is left.
void enrollment_turned(struct care *care, int64_t enrollment, int64_t patient);
// What is known of the patient has changed: tiers are looked at again.
void enrollment_retier_all(struct care *care, int64_t patient);
// Records an event as scripts see it and asks for its evaluation (enrolment, watches,
// waits) after this commit.
int64_t event_record(struct care *care, int64_t patient, const char *kind, int64_t at,
                     int64_t encounter, int64_t inbox, const struct value *body);
// Looks at an event as if it had just been recorded.
void event_look_again(struct care *care, int64_t event);
// The next count planned occurrences of a live enrollment after now: for lists, timeline,
// specs.
struct planned {
  const char *step;
  int64_t due_at, valid_until;
  char key[24];
};
int enrollment_planned(struct care *care, int64_t enrollment, struct planned *out,
                       int count);
