#include "run/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "run/due.h"
#include "run/kernel_parts.h"

enum {
  PREPARE_MS = 40,  // of scripts' time in one batch, so that the loop does not stall
  IN_A_ROW = 8      // batches of messages before what is due has its turn
};

int kernel_new(struct kernel **out, struct store *store, struct clock *clock,
               struct status *status) {
  (void)status;
  struct kernel *kernel = mem_alloc(sizeof *kernel);
  kernel->store = store;
  kernel->clock = clock;
  kernel->now = store_int(store, 0, "SELECT value FROM meta WHERE key='turn-time'", "");
  if (kernel->now < clock_now(clock)) kernel->now = clock_now(clock);
  inbox_init(&kernel->inbox, store);
  kernel->posted_end = &kernel->posted;
  *out = kernel;
  return OK;
}

static void release(const struct work_handler *handler, void *self, struct work *work) {
  if (handler->release) handler->release(self, work);
}

void kernel_free(struct kernel *kernel) {
  if (!kernel) return;
  while (kernel->posted) {
    struct posted *item = kernel->posted;
    kernel->posted = item->next;
    release(item->handler, item->self, &item->work);
    mem_free(item);
  }
  inbox_deinit(&kernel->inbox);
  mem_free(kernel->after);
  mem_free(kernel);
}

struct store *kernel_store(struct kernel *kernel) {
  return kernel->store;
}

int64_t kernel_now(struct kernel *kernel) { return kernel->now; }

const struct kernel_stats *kernel_statistics(const struct kernel *kernel) {
  return &kernel->stats;
}

int64_t kernel_next_due(struct kernel *kernel) {
  return due_first(&kernel->turns.firsts, kernel->store);
}

void kernel_handle(struct kernel *kernel, enum due_kind kind,
                   const struct work_handler *handler, void *self) {
  kernel->handlers[kind].handler = handler;
  kernel->handlers[kind].self = self;
}

void kernel_handle_inbox(struct kernel *kernel, const struct inbox_handler *handler,
                         void *self) {
  struct inbox *inbox = &kernel->inbox;
  if (inbox->handler_count == INBOX_KINDS) abort();
  inbox->handlers[inbox->handler_count].handler = handler;
  inbox->handlers[inbox->handler_count++].self = self;
}

void kernel_submit_made(struct kernel *kernel, struct submission *submission) {
  inbox_add(&kernel->inbox, submission);
  kernel->stats.submissions++;
}

void kernel_submit(struct kernel *kernel, const char *source, const char *source_id,
                   const char *kind, const struct value *body, enum inbox_stage stage,
                   inbox_done *done, void *self) {
  kernel_submit_made(kernel,
                     submission_new(source, source_id, kind, body, stage, done, self));
}

void kernel_post(struct kernel *kernel, int64_t key, const struct work_handler *handler,
                 void *self, void *prepared) {
  struct posted *item = mem_alloc(sizeof *item);
  item->work = (struct work){.key = key, .prepared = prepared};
  item->handler = handler;
  item->self = self;
  *kernel->posted_end = item;
  kernel->posted_end = &item->next;
}

void kernel_after(struct kernel *kernel, void (*fn)(void *self, int64_t ref), void *self,
                  int64_t ref) {
  if (kernel->after_count == kernel->after_cap) {
    kernel->after_cap = kernel->after_cap ? kernel->after_cap * 2 : 16;
    kernel->after = mem_resize(kernel->after, kernel->after_cap * sizeof *kernel->after);
  }
  kernel->after[kernel->after_count++] = (struct after){fn, self, ref};
}

void kernel_run_after(struct kernel *kernel) {
  size_t count = kernel->after_count;
  struct after *list = kernel->after;
  kernel->after = NULL;  // what runs now may ask for more
  kernel->after_count = kernel->after_cap = 0;
  if (count) store_begin_read(kernel->store);
  for (size_t i = 0; i < count; i++) list[i].fn(list[i].self, list[i].ref);
  if (count) store_end_read(kernel->store);
  mem_free(list);
}

// Turn time is kept, so that it does not run backwards over a restart with a clock set
// back.
void kernel_keep_time(struct kernel *kernel) {
  if (kernel->now == kernel->kept) return;
  store_exec(kernel->store,
             "INSERT OR REPLACE INTO meta (key, value) VALUES ('turn-time', ?1)", "i",
             kernel->now);
  kernel->kept_in_batch = kernel->now;
}

static int no_power(struct status *status) {
  return status_fail(status, ERR_FULL, "the power failed, as this spec asked");
}

int kernel_begin(struct kernel *kernel, struct status *status) {
  kernel->after_count = 0;
  kernel->kept_in_batch = kernel->kept;
  return kernel->cut ? no_power(status) : store_begin(kernel->store, status);
}

void kernel_cut(struct kernel *kernel, int64_t commits, bool lost) {
  kernel->cut_in = commits;
  kernel->cut_loses = lost;
}

bool kernel_is_cut(const struct kernel *kernel) { return kernel->cut; }

static int cut_commit(struct kernel *kernel, struct status *status) {
  kernel->cut = true;
  if (kernel->cut_loses)
    store_rollback(kernel->store);
  else if (store_commit(kernel->store, status))
    return status->code;
  kernel->after_count = 0;
  return no_power(status);
}

int kernel_commit(struct kernel *kernel, struct status *status) {
  int64_t started = clock_steady_ms();
  if (kernel->cut_in && --kernel->cut_in == 0) return cut_commit(kernel, status);
  int code = store_commit(kernel->store, status);
  kernel->stats.commit_us += (clock_steady_ms() - started) * 1000;
  kernel->stats.batches++;
  if (code)
    kernel->after_count = 0;
  else
    kernel->kept = kernel->kept_in_batch;
  return code;
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
  while (kernel->posted && batch->count < BATCH) {
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
  turns_note(&kernel->turns, handler, self, work, *clock - began);
}

// A work prepared from what could not be read would do the wrong thing: it waits to be
// the first of a batch, and its reason is kept if it is.
static void leave_unread(struct kernel *kernel, struct batch *batch) {
  int last = batch->count - 1;
  if (!last) {
    batch->unread = *store_error(kernel->store);
  } else {
    release(batch->handlers[last], batch->selves[last], &batch->works[last]);
    batch->count = last;
  }
}

// Scripts that use up their time must not hold the others up: what is left over stays due
// for the next batch, and who used it lets the others go first then.
static void collect_due(struct kernel *kernel, struct batch *batch) {
  if (batch->count)
    return;  // results first, in a batch of their own: they end what due works look at
  int count =
      turns_collect(&kernel->turns, kernel->store, kernel->now, batch->works, BATCH,
                    kernel->handlers[WORK_RUN].handler, kernel->handlers[WORK_RUN].self);
  int64_t clock = clock_steady_ms(), until = clock + PREPARE_MS;
  bool broken = false;
  while (batch->count < count && (!batch->count || clock < until) && !broken) {
    prepare(kernel, batch, &clock);
    broken = store_broken(kernel->store);
  }
  turns_end(&kernel->turns, batch->count < count);
  if (broken) leave_unread(kernel, batch);
}

static void apply_work(struct kernel *kernel, struct batch *batch, int i) {
  struct work *work = &batch->works[i];
  if (!batch->posted[i])
    due_remove(kernel->store, work->class, work->at, work->kind, work->ref);
  batch->handlers[i]->apply(batch->selves[i], work);
}

static int refuse_work(struct kernel *kernel, struct batch *batch, int i,
                       const struct status *why, struct status *status) {
  struct work *work = &batch->works[i];
  log_line(LOG_LEVEL_ERROR, "work.refused", "kind=%d ref=%lld reason=\"%s\"",
           (int)work->kind, (long long)work->ref, why->text);
  kernel->stats.refused++;
  if (kernel_begin(kernel, status)) return status->code;
  if (!batch->posted[i])
    due_remove(kernel->store, work->class, work->at, work->kind, work->ref);
  if (batch->handlers[i]->refuse) batch->handlers[i]->refuse(batch->selves[i], work, why);
  return kernel_commit(kernel, status);
}

static int apply_batch(struct kernel *kernel, struct batch *batch, int from, int to,
                       struct status *status) {
  *status = batch->unread;
  if (status->code || kernel_begin(kernel, status)) return status->code;
  for (int i = from; i < to; i++) apply_work(kernel, batch, i);
  kernel_keep_time(kernel);
  return kernel_commit(kernel, status);
}

static int apply_singly(struct kernel *kernel, struct batch *batch,
                        struct status *status) {
  kernel->stats.retried++;
  for (int i = 0; i < batch->count; i++) {
    int code = apply_batch(kernel, batch, i, i + 1, status);
    if (store_refuses(code)) return code;
    struct status why = *status;
    status->code = OK;
    if (code && refuse_work(kernel, batch, i, &why, status)) return status->code;
    batch->settled = i + 1;
    kernel_run_after(kernel);
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
    release(batch->handlers[i], batch->selves[i], &batch->works[i]);
  if (!code) kernel_run_after(kernel);
}

static bool step_works(struct kernel *kernel, struct status *status) {
  struct batch batch;
  if (!kernel->posted && kernel_next_due(kernel) > kernel->now) return false;
  batch.count = batch.settled = 0;
  batch.unread.code = OK;
  collect_posted(kernel, &batch);
  store_begin_read(kernel->store);
  collect_due(kernel, &batch);
  store_end_read(kernel->store);
  if (!batch.count) return false;
  int code = apply_batch(kernel, &batch, 0, batch.count, status);
  if (code && !store_refuses(code)) code = apply_singly(kernel, &batch, status);
  finish_batch(kernel, &batch, code);
  kernel->stats.works += batch.count;
  return !code;
}

// Messages are taken before what falls due, but not for ever: those that press on must
// not keep an escalation from its time.
bool kernel_step(struct kernel *kernel, struct status *status) {
  status->code = OK;
  int64_t now = clock_now(kernel->clock);
  if (now > kernel->now) kernel->now = now;
  int most = inbox_may_wait(&kernel->inbox) ? 1 : IN_A_ROW;
  if (kernel->in_a_row < most && kernel_take_fresh(kernel, status)) {
    kernel->in_a_row++;
    return true;
  }
  if (status->code) return false;
  kernel->in_a_row = 0;
  bool took = kernel_take_waiting(kernel, status);
  if (status->code || inbox_may_wait(&kernel->inbox)) return took;
  took = step_works(kernel, status) || took;
  return !status->code && (took || inbox_has_fresh(&kernel->inbox));
}
