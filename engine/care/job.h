// Recurring jobs (aw.job): a department's work by the clock. A job waits for nothing, so
// that a run is one turn, committed together with its records, all that it did and when
// it begins next: there is never more than one, none is half done, and after downtime the
// one that is due is made once.
#pragma once

#include "care/care.h"

// WORK_JOB
void job_handlers(struct care *care);
// The department's jobs as its active scripts have them: new ones get their first moment,
// others keep theirs unless their times have changed. In a transaction of its own.
int job_arm(struct care *care, const char *department, struct status *status);
// The same for all departments, at start.
int job_arm_all(struct care *care, struct status *status);
