// The durable kernel: inputs are rows, works are prepared (reads and Lua), applied
// together in one commit, and only then answered and sent. It knows no patients: a work's
// key says which works may not share a batch.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/histogram.h"
#include "base/status.h"
#include "base/value.h"
#include "store/store.h"

// Order in which due works are taken; within a class by time.
enum due_class {
  DUE_ALERT = 0,    // escalation rungs, pages to staff
  DUE_EVENT = 1,    // what an event means for scripts: enrolment, watches, tiers
  DUE_RUN = 2,      // runs to resume
  DUE_MESSAGE = 3,  // messages to claim, retry, expire; reminders
  DUE_TASK = 4,     // deadlines, lapsed claims
  DUE_PLAN = 5,     // steps of enrollments
  DUE_HOUSE = 6,    // housekeeping: reconciliation
  DUE_CLASSES = 7,
};

// What a due row refers to. Each kind has one handler.
enum due_kind {
  WORK_ALERT = 0,     // alert.id: next rung
  WORK_EVENT = 1,     // event.id: enrolment, watches, tiers
  WORK_RUN = 2,       // run.id: a turn, or the timeout of its wait
  WORK_MESSAGE = 3,   // message.id: claim, retry or expire
  WORK_REMIND = 4,    // message.id of the question: remind
  WORK_TASK = 5,      // task.id: overdue
  WORK_CLAIM = 6,     // task.id: claim lapses
  WORK_PLAN = 7,      // enrollment.id: occurrences that are due
  WORK_RETIER = 8,    // enrollment.id: evaluate the tier
  WORK_NIGHTLY = 9,   // how far it is, 0 at first: reconciliation
  WORK_REPLAN = 10,   // enrollments whose schedule changed: the next some thousand
  WORK_JOB = 11,      // job.id: a department's recurring job
  WORK_REPLY = 12,    // inbound.id: what somebody wrote
  WORK_LADDER = 13,   // ladder.id: its rung's time is over
  WORK_CHANNEL = 14,  // channel.id: its line, its breaker
  WORK_CLOCK = 15,    // clock.id: warned of, then breached
  WORK_DIAL = 16,     // dial.id: nobody has told how it ended
  WORK_RECOUNT = 17,  // clocks whose calendar changed: the next some hundred
  WORK_CLASS = 18,    // enrollment.id of a case: its triage looks at it again
  WORK_KINDS = 19,
};

struct work {
  enum due_class class;
  enum due_kind kind;
  int64_t at;      // when it was due
  int64_t ref;     // row of the kind's table
  int64_t key;     // patient, or a negative number of something else
  int64_t share;   // whose, when it has a row: see work_handler.share
  void *prepared;  // left by prepare for apply; freed by release
};

// Functions of one kind of work. self is what kernel_handle was given.
struct work_handler {
  // Before apply; may read rows and run Lua, may not write. Before the transaction, or,
  // for what another work of it led to, within it. May be NULL.
  void (*prepare)(void *self, struct work *work);
  // In the transaction. The due row is already gone. A failed statement undoes the whole
  // batch; works are then tried one by one, and one that fails alone goes to refuse.
  void (*apply)(void *self, struct work *work);
  // In a transaction of its own, after the work failed alone: leave a reason somewhere.
  // The due row is gone.
  void (*refuse)(void *self, struct work *work, const struct status *why);
  // Always, last. May be NULL.
  void (*release)(void *self, struct work *work);
  // Whose share of the loop's time a work uses, 0 nobody's: those who used much let the
  // others go first. Asked when its row is written. May be NULL.
  int64_t (*share)(void *self, const struct work *work);
};

// One kind of inbox row.
struct inbox_row {
  int64_t id;  // 0 while one is prepared that is recorded and applied in one commit
  const char *source, *source_id, *kind;
  struct value body;  // view
  int64_t received_at;
  void *prepared;
  void *held;         // the kernel's: what the texts above live in
  struct buf result;  // apply puts one encoded map: {status = HTTP status, …}; empty
                      // means {status=200}
};
struct inbox_handler {
  const char *kind;
  void (*prepare)(void *self, struct inbox_row *row);  // may be NULL
  // In the transaction. Returns 0, or a status code: then the row is refused (state 2)
  // with status->text, and what was written for it is undone (savepoint).
  int (*apply)(void *self, struct inbox_row *row, struct status *status);
  void (*release)(void *self, struct inbox_row *row);  // may be NULL
};

// Told once, after the commit. result is the row's encoded result; recorded rows that are
// not applied yet have {status=202}. A body that differs from one taken under the same id
// gives {status=409}; a refused one's place is taken by the next that differs.
typedef void inbox_done(void *self, int64_t row, const struct value *result);
enum inbox_stage { INBOX_RECORDED, INBOX_APPLIED };

struct kernel;
struct submission;

int kernel_new(struct kernel **out, struct store *store, struct clock *clock,
               struct status *status);
void kernel_free(struct kernel *kernel);
struct store *kernel_store(struct kernel *kernel);
int64_t kernel_now(
    struct kernel *kernel);  // time of the current batch; never runs backwards
// A number that changes whenever something may have been applied: what was read under the
// same number still holds.
int64_t kernel_state(const struct kernel *kernel);
void kernel_handle(struct kernel *kernel, enum due_kind kind,
                   const struct work_handler *handler, void *self);
void kernel_handle_inbox(struct kernel *kernel, const struct inbox_handler *handler,
                         void *self);

// Puts a message into the inbox with the next batch. done may be NULL. Nothing is written
// yet: until done is called the sender must not be told that it was taken. Encoded body
// is copied.
void kernel_submit(struct kernel *kernel, const char *source, const char *source_id,
                   const char *kind, const struct value *body, enum inbox_stage stage,
                   inbox_done *done, void *self);
// The same in two steps, of which any thread may take the first.
struct submission *submission_new(const char *source, const char *source_id,
                                  const char *kind, const struct value *body,
                                  enum inbox_stage stage, inbox_done *done, void *self);
void kernel_submit_made(struct kernel *kernel, struct submission *submission);  // takes
void submission_free(struct submission *submission);  // one that was not submitted
// A finished attempt or another happening of the process that becomes durable with the
// next batch: apply is called in the transaction, release after it (or when the kernel is
// freed).
void kernel_post(struct kernel *kernel, int64_t key, const struct work_handler *handler,
                 void *self, void *prepared);
// Within apply: calls fn after the commit (not at all when the batch is undone), then
// release, which may be NULL, in either case. fn may read, not write. self must outlive
// the kernel's step.
void kernel_after(struct kernel *kernel, void (*fn)(void *self, void *own),
                  void (*release)(void *own), void *self, void *own);

// Asked between works: while it says true somebody waits for the loop, and batches are
// short. NULL: nobody does.
void kernel_on_hurry(struct kernel *kernel, bool (*hurry)(void *self), void *self);

// Within apply: a run waits for an event of this kind. And whether any run ever did, or
// may have.
void kernel_heed(struct kernel *kernel, const char *kind);
bool kernel_heeds(struct kernel *kernel, const char *kind);

// One batch. False when there was nothing to do, or nothing that would not wait for the
// disk: who is told by store_sync_apart asks again. ERR_FULL: nothing was taken, try
// again later.
bool kernel_step(struct kernel *kernel, struct status *status);
// With a store that syncs apart: waits for the disk, and does and tells what waited for
// the last commit. False when nothing did.
bool kernel_settle(struct kernel *kernel);
// For specs: the power fails at the given commit from now on. It is kept, or lost when
// lost is set; whatever should have followed it does not happen, and every later batch is
// refused with ERR_FULL.
void kernel_cut(struct kernel *kernel, int64_t commits, bool lost);
bool kernel_is_cut(const struct kernel *kernel);
// For specs: whether what a work leads to is done in its commit, as it is unless time is
// short, or in one of its own.
void kernel_set_follow(struct kernel *kernel, bool follow);
int64_t kernel_next_due(struct kernel *kernel);  // ms, or INT64_MAX; from rows alone
struct kernel_stats {
  int64_t batches, works, turns, submissions, refused, retried;
  int64_t commit_us;
  struct histogram late[DUE_CLASSES];  // how late due works were begun
};
const struct kernel_stats *kernel_statistics(const struct kernel *kernel);

// What falls due. Within apply, what is due at once and of a class up to DUE_MESSAGE is
// followed in the same transaction, without a row of its own; all else is a row of `due`.
void due_add(struct kernel *kernel, enum due_class class, int64_t at, enum due_kind kind,
             int64_t ref, int64_t key);
void due_remove(struct kernel *kernel, enum due_class class, int64_t at,
                enum due_kind kind, int64_t ref);
// One key becomes another: a patient was merged.
void due_rekey(struct kernel *kernel, int64_t from, int64_t to);
