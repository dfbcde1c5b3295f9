// Recurring jobs (aw.job): a department's work by the clock. A job waits for nothing, so
// that a run is one turn, committed together with its records, all that it did, what it
// keeps for the next one and when that begins: there is never more than one, none is half
// done, and after downtime the one that is due is made once.
#pragma once

#include "care/care.h"

// Of each job its last runs are kept, those that failed for so long, and so long a job
// that the scripts have no more, with its state.
enum { JOB_RUNS_KEPT = 50 };
#define JOB_KEPT_MS ((int64_t)90 * CIVIL_DAY_MS)

void job_handlers(struct care *care);  // WORK_JOB, and the inbox's of the next
// Inbox "job.retry" { job_run, staff, reason }: a failed run is made again for its time,
// with the scripts of now.
void job_retry_handlers(struct care *care);
// The department's jobs as its active scripts have them: new ones get their first moment,
// others keep theirs unless their times have changed. In a transaction of its own.
int job_arm(struct care *care, const char *department, struct status *status);
// The same for all departments, at start.
int job_arm_all(struct care *care, struct status *status);
// The first of the job's times after base; 0: none, or no such job.
int64_t job_next(struct care *care, const char *department, const char *name,
                 int64_t base);
// When it begins next; 0: not by itself. In a transaction.
void job_plan(struct care *care, int64_t job, int64_t at);
// A run as it was kept, for its trace. False: there is none. The caller calls run_deinit.
bool job_run_load(struct care *care, int64_t job_run, struct run *out,
                  struct buf *records);
