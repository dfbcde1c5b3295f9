// One batch of works: what happened outside, else what is due; then what that leads to;
// all in one commit.
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "run/due.h"
#include "run/kernel_parts.h"

enum {
  PREPARE_MS = 40,    // of scripts' time in one batch, so that the loop does not stall
  FOLLOW_MOST = 768,  // works that follow in one commit
  HURRY_MS = 5,       // of both in a batch while somebody waits for the loop
  HURRY_MOST = 64     // works in one then
};

static bool hurries(const struct kernel *kernel) {
  return kernel->hurry && kernel->hurry(kernel->hurry_self);
}

// Whether so many works, begun so long ago, are enough for one batch.
static bool is_enough(const struct kernel *kernel, int count, int64_t began,
                      int64_t clock) {
  if (!count) return false;
  return clock - began >= PREPARE_MS ||
         ((count >= HURRY_MOST || clock - began >= HURRY_MS) && hurries(kernel));
}

void work_release(const struct work_handler *handler, void *self, struct work *work) {
  if (handler->release) handler->release(self, work);
}

struct batch {
  struct work works[BATCH];
  const struct work_handler *handlers[BATCH];
  void *selves[BATCH];
  bool posted[BATCH];
  int count;
  int settled;           // of these, from the first, are committed or refused
  struct status unread;  // why what the first one was prepared from could not be read
};

static void collect_posted(struct kernel *kernel, struct batch *batch) {
  int most = hurries(kernel) ? HURRY_MOST : BATCH;
  while (kernel->posted && batch->count < most) {
    struct posted *item = kernel->posted;
    kernel->posted = item->next;
    if (!kernel->posted) kernel->posted_end = &kernel->posted;
    batch->works[batch->count] = item->work;
    batch->handlers[batch->count] = item->handler;
    batch->selves[batch->count] = item->self;
    batch->posted[batch->count++] = true;
    mem_free(item);
  }
}

static void prepare(struct kernel *kernel, struct batch *batch, int64_t *clock) {
  int i = batch->count++;
  struct work *work = &batch->works[i];
  int64_t began = *clock;
  void *self = batch->selves[i] = kernel->handlers[work->kind].self;
  const struct work_handler *handler = kernel->handlers[work->kind].handler;
  batch->handlers[i] = handler;
  batch->posted[i] = false;
  if (!handler) abort();
  histogram_add(&kernel->stats.late[work->class], kernel->now - work->at);
  if (handler->prepare) handler->prepare(self, work);
  *clock = clock_steady_ms();
  turns_note(&kernel->turns, work, *clock - began);
}

// A work prepared from what could not be read would do the wrong thing: it waits to be
// the first of a batch, and its reason is kept if it is.
static void leave_unread(struct kernel *kernel, struct batch *batch) {
  int last = batch->count - 1;
  if (!last) {
    batch->unread = *store_error(kernel->store);
  } else {
    work_release(batch->handlers[last], batch->selves[last], &batch->works[last]);
    batch->count = last;
  }
}

// Scripts that use up their time must not hold the others up: what is left over stays due
// for the next batch, and who used it lets the others go first then.
static void collect_due(struct kernel *kernel, struct batch *batch) {
  if (batch->count)
    return;  // results first, in a batch of their own: they end what due works look at
  int count =
      turns_collect(&kernel->turns, kernel->store, kernel->now, batch->works, BATCH);
  int64_t clock = clock_steady_ms(), began = clock;
  bool broken = false;
  while (batch->count < count && !is_enough(kernel, batch->count, began, clock) &&
         !broken) {
    prepare(kernel, batch, &clock);
    broken = store_broken(kernel->store);
  }
  turns_end(&kernel->turns, batch->works + batch->count, count - batch->count,
            clock - began >= PREPARE_MS);
  if (broken) leave_unread(kernel, batch);
}

static void apply_work(struct kernel *kernel, struct batch *batch, int i) {
  struct work *work = &batch->works[i];
  if (!batch->posted[i]) due_take_away(kernel->store, work);
  batch->handlers[i]->apply(batch->selves[i], work);
}

// As many as there is time for are prepared, at least one; the others have their rows.
static void prepare_followers(struct kernel *kernel, struct batch *batch, int count,
                              int64_t began) {
  int64_t clock = clock_steady_ms();
  kernel->state++;
  while (batch->count < count && !is_enough(kernel, batch->count, began, clock))
    prepare(kernel, batch, &clock);
  for (int i = batch->count; i < count; i++) kernel_put_due(kernel, &batch->works[i]);
  if (batch->count < count && clock - began >= PREPARE_MS) turns_cut(&kernel->turns);
}

static void apply_followers(struct kernel *kernel, struct batch *batch) {
  kernel->state++;
  for (int i = 0; i < batch->count; i++) {
    void *self = batch->selves[i];
    if (!store_broken(kernel->store)) batch->handlers[i]->apply(self, &batch->works[i]);
    work_release(batch->handlers[i], self, &batch->works[i]);
  }
  kernel->stats.works += batch->count;
}

// In the transaction: what was applied leads to more, and that to more again, until
// nothing is left or it is enough for one commit. Each is prepared from what those before
// it left.
void kernel_follow(struct kernel *kernel) {
  struct batch batch;
  int left = FOLLOW_MOST, count = 0;
  int64_t began = clock_steady_ms();
  do {
    batch.count = 0;
    count = soon_take(&kernel->soon, batch.works, left < BATCH ? left : BATCH);
    if (count) prepare_followers(kernel, &batch, count, began);
    if (count) apply_followers(kernel, &batch);
    left -= count;
  } while (count && left && !store_broken(kernel->store) &&
           !is_enough(kernel, FOLLOW_MOST - left, began, clock_steady_ms()));
  kernel->soon.open = false;
  for (int i = 0; i < kernel->soon.count; i++)
    kernel_put_due(kernel, &kernel->soon.works[i]);
  kernel->soon.count = 0;
}

static int refuse_work(struct kernel *kernel, struct batch *batch, int i,
                       const struct status *why, struct status *status) {
  struct work *work = &batch->works[i];
  log_line(LOG_LEVEL_ERROR, "work.refused", "kind=%d ref=%lld reason=\"%s\"",
           (int)work->kind, (long long)work->ref, why->text);
  kernel->stats.refused++;
  if (kernel_begin(kernel, false, status)) return status->code;
  if (!batch->posted[i]) due_take_away(kernel->store, work);
  if (batch->handlers[i]->refuse) batch->handlers[i]->refuse(batch->selves[i], work, why);
  return kernel_commit(kernel, status);
}

static int apply_batch(struct kernel *kernel, struct batch *batch,
                       struct status *status) {
  *status = batch->unread;
  if (status->code || kernel_begin(kernel, true, status)) return status->code;
  for (int i = 0; i < batch->count; i++) apply_work(kernel, batch, i);
  kernel_follow(kernel);
  kernel_keep_time(kernel);
  return kernel_commit(kernel, status);
}

// What it leads to has rows then, and its own turn to fail.
static int apply_one(struct kernel *kernel, struct batch *batch, int i,
                     struct status *status) {
  *status = batch->unread;
  if (status->code || kernel_begin(kernel, false, status)) return status->code;
  apply_work(kernel, batch, i);
  kernel_keep_time(kernel);
  return kernel_commit(kernel, status);
}

static int apply_singly(struct kernel *kernel, struct batch *batch,
                        struct status *status) {
  kernel->stats.retried++;
  for (int i = 0; i < batch->count; i++) {
    int code = apply_one(kernel, batch, i, status);
    if (store_refuses(code)) return code;
    struct status why = *status;
    status->code = OK;
    if (code && refuse_work(kernel, batch, i, &why, status)) return status->code;
    batch->settled = i + 1;
    kernel_committed(kernel, NULL, 0);
  }
  return OK;
}

// The disk refuses: what happened outside is kept in memory until it takes it.
static void post_again(struct kernel *kernel, struct batch *batch) {
  for (int i = batch->count - 1; i >= batch->settled; i--) {
    struct posted *item = mem_alloc(sizeof *item);
    item->work = batch->works[i];
    item->handler = batch->handlers[i];
    item->self = batch->selves[i];
    item->next = kernel->posted;
    if (!item->next) kernel->posted_end = &item->next;
    kernel->posted = item;
  }
}

static void finish_batch(struct kernel *kernel, struct batch *batch, int code) {
  int done = batch->count;
  if (code && batch->posted[0]) {
    post_again(kernel, batch);
    done = batch->settled;
  }
  for (int i = 0; i < done; i++)
    work_release(batch->handlers[i], batch->selves[i], &batch->works[i]);
  if (!code) kernel_committed(kernel, NULL, 0);
}

bool kernel_take_works(struct kernel *kernel, struct status *status) {
  struct batch batch;
  if (!kernel->posted && kernel_next_due(kernel) > kernel->now) return false;
  batch.count = batch.settled = 0;
  batch.unread.code = OK;
  turns_begin(&kernel->turns);
  collect_posted(kernel, &batch);
  kernel->state++;
  store_begin_read(kernel->store);
  collect_due(kernel, &batch);
  store_end_read(kernel->store);
  if (!batch.count) return false;
  int code = apply_batch(kernel, &batch, status);
  if (code && !store_refuses(code)) code = apply_singly(kernel, &batch, status);
  finish_batch(kernel, &batch, code);
  kernel->stats.works += batch.count;
  return !code;
}
