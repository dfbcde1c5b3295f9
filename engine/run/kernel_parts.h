// What the kernel is made of, for the files that make it.
#pragma once

#include "run/heeded.h"
#include "run/inbox.h"
#include "run/soon.h"
#include "run/turns.h"

enum { BATCH = 256 };  // a commit costs a sync: the more share one the better

struct posted {  // a happening of the process that becomes durable with the next batch
  struct posted *next;
  struct work work;
  const struct work_handler *handler;
  void *self;
};

struct after {
  void (*fn)(void *self, void *own);
  void (*release)(void *own);
  void *self, *own;
};

struct settling {  // what is done once the last commit is synced
  struct after *after;
  size_t after_count;
  struct inbox_row *rows;  // whose senders are told; NULL
  int row_count;
};

struct kernel {
  struct store *store;
  struct clock *clock;
  int64_t now, kept, kept_in_batch;  // turn time; as it is in the database
  struct {
    const struct work_handler *handler;
    void *self;
  } handlers[WORK_KINDS];
  struct inbox inbox;
  int in_a_row;        // batches of fresh messages since other work had its turn
  int64_t last_works;  // in the last batch
  struct turns turns;
  struct soon soon;  // what the batch in hand led to
  struct heeded heeded;
  bool follow;    // see kernel_set_follow
  int64_t state;  // see kernel_state
  struct posted *posted, **posted_end;
  struct after *after;  // what the batch asked to be done after its commit
  size_t after_count, after_cap;
  struct settling settling;
  struct kernel_stats stats;
  bool (*hurry)(void *self);  // NULL: never
  void *hurry_self;
  int64_t cut_in;  // commits until the power fails; 0: it doesn't
  bool cut_loses, cut;
};

// Of one batch: its transaction and what follows it. follows: what it leads to is done in
// the same transaction, by kernel_follow before kernel_commit.
int kernel_begin(struct kernel *kernel, bool follows, struct status *status);
int kernel_commit(struct kernel *kernel, struct status *status);
void kernel_put_due(struct kernel *kernel, const struct work *work);  // its row
void kernel_keep_time(struct kernel *kernel);  // in it: turn time outlives a restart
// After it: what kernel_after was given is done when the commit is synced, and the
// senders of these rows (taken; NULL) are told.
void kernel_committed(struct kernel *kernel, struct inbox_row *rows, int count);

// kernel_inbox.c: one batch of what came in. False when there was nothing to do, or with
// a status when it failed.
bool kernel_take_fresh(struct kernel *kernel, struct status *status);
bool kernel_take_waiting(struct kernel *kernel, struct status *status);

// batch.c: one batch of happenings and due works, likewise.
bool kernel_take_works(struct kernel *kernel, struct status *status);
void kernel_follow(struct kernel *kernel);
void work_release(const struct work_handler *handler, void *self, struct work *work);
