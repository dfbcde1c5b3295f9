// Alerts and their escalation, executed from data: page, wait for acknowledgement, next
// rung, the last repeats.
#pragma once

#include "care/care.h"
#include "care/duty.h"

// WORK_ALERT, inbox "alert.ack" "alert.act" "alert.done", and those of duty.h, staff.h
void alert_handlers(struct care *care);
struct alert_spec {
  int64_t patient, enrollment, run, answer, task;
  const char *department, *name, *level, *reason;
  const char *escalation;  // NULL: the department's for the level, else the site's ladder
  int64_t above;  // the rung of the same escalation that was paged for this already
};
// The same open name of a patient in a department (and of a task, if any) joins, raising
// the level if higher: then the higher level's escalation starts at once.
int64_t alert_open(struct care *care, const struct alert_spec *spec);
// The next rung is paged now, beside the one that has the alert.
void alert_go_up(struct care *care, int64_t alert);
void alert_close(struct care *care, int64_t alert, const char *who, const char *reason);
void alert_close_for_patient(struct care *care, int64_t patient, const char *reason);
// Emergencies and urgent ones stay: only a person closes those (WARD 4).
void alert_close_for_task(struct care *care, int64_t task, const char *reason);
// A post has a new holder: open alerts whose present rung paged that post page him too.
void alert_follow_duty(struct care *care, const char *role, const char *staff);
