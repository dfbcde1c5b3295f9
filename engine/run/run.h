// Runs: one execution of a step's body or a watch, its journal, and what it waits for.
#pragma once

#include "run/kernel.h"

// First item of an outcome record.
enum { RECORD_IS_OUTCOME = 3 };
// From so many records on a run is worth a look: it loops where a step should recur.
enum { RUN_RECORDS_WARN = 500 };

struct run {  // a row, as loaded; texts are owned
  int64_t id, patient, enrollment, bundle, event;
  char *department, *pathway, *kind, *name, *day;
  char status[8], wait[8];  // see db/0001: ready waiting paused done stuck ended; ask
                            // send task event time
  int64_t wait_ref;
  char *wait_label, *within;
  int64_t due_at, last_journal, records, scheduled_at, started_at, valid_until;
  struct buf outcome;  // record of what ended its wait, not in the journal's rows yet;
                       // counted in records
};

struct run_spec {  // what a new run needs; texts borrowed
  int64_t patient, enrollment, bundle, event, scheduled_at, valid_until;
  const char *department, *pathway, *kind, *name, *day;
  const struct buf *flag;
};

int64_t run_start(
    struct kernel *kernel,
    const struct run_spec *spec);  // row + ready now; its id, 0 if the occurrence exists
bool run_load(struct store *store, int64_t id, struct run *out);
void run_deinit(struct run *run);
// The journal, oldest record first, with the outcome that is not in its rows yet.
void run_journal(struct store *store, const struct run *run, struct buf *out);
// Appends the outcome and these records (count of them) in one row. The run's own row
// learns of it by what ends the turn, so that it is written once: run_wait or run_end.
void run_append(struct kernel *kernel, struct run *run, const struct buf *records,
                uint32_t count);
// Appends the record of an outcome; source 0: none.
void run_put_outcome(struct buf *out, const struct value *value, const char *why,
                     int64_t source);
// Ends a wait: appends the outcome (value NULL: nil and why) and makes it ready. Nothing
// unless it is waiting (or paused: then it is ready at resume).
void run_outcome(struct kernel *kernel, int64_t id, const struct value *value,
                 const char *why);
void run_outcome_of(struct kernel *kernel, struct run *run, const struct value *value,
                    const char *why);  // the same for one just loaded
// The same with a value; the record also keeps which row it was read from.
void run_outcome_from(struct kernel *kernel, int64_t id, const struct value *value,
                      int64_t source);
// Sets when the current wait times out (replacing an earlier time); 0: never by itself.
void run_deadline(struct kernel *kernel, int64_t id, int64_t at);
// What the turn waits for, and until when (0: no limit yet). Texts are copied.
struct run_wait {
  const char *kind;  // ask send task event time
  int64_t ref, until;
  const char *label, *within;
};
void run_wait(struct kernel *kernel, struct run *run, const struct run_wait *wait);
void run_end(struct kernel *kernel, struct run *run, const char *status,
             const char *result, const char *cause);  // done stuck ended
void run_finish(struct kernel *kernel, int64_t id, const char *status, const char *result,
                const char *cause);                  // the same by id
void run_pause(struct kernel *kernel, int64_t id);   // keeps the remaining time
void run_resume(struct kernel *kernel, int64_t id);  // with the remaining time, from now
