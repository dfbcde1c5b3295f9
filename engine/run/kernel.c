#include "run/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "run/due.h"
#include "run/kernel_parts.h"

enum {
  IN_A_ROW = 8,  // batches of messages before what is due has its turn
  BUSY = 8       // works: what comes in while as many are committed fills a batch
};

static int64_t share_of(void *self, const struct work *work) {
  const struct kernel *kernel = self;
  const struct work_handler *handler = kernel->handlers[work->kind].handler;
  if (work->share || !handler || !handler->share) return work->share;
  return handler->share(kernel->handlers[work->kind].self, work);
}

void kernel_put_due(struct kernel *kernel, const struct work *work) {
  struct work row = *work;
  row.share = share_of(kernel, work);
  due_put(kernel->store, &row);
}

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
  kernel->follow = true;
  kernel->turns.share = share_of;
  kernel->turns.self = kernel;
  *out = kernel;
  return OK;
}

static void drop_after(struct after *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (list[i].release) list[i].release(list[i].own);
}

static void undo_after(struct kernel *kernel) {
  drop_after(kernel->after, kernel->after_count);
  kernel->after_count = 0;
}

void kernel_free(struct kernel *kernel) {
  if (!kernel) return;
  while (kernel->posted) {
    struct posted *item = kernel->posted;
    kernel->posted = item->next;
    work_release(item->handler, item->self, &item->work);
    mem_free(item);
  }
  drop_after(kernel->settling.after, kernel->settling.after_count);
  mem_free(kernel->settling.after);
  for (int i = 0; i < kernel->settling.row_count; i++)
    inbox_drop_fresh(&kernel->settling.rows[i]);
  mem_free(kernel->settling.rows);
  inbox_deinit(&kernel->inbox);
  soon_deinit(&kernel->soon);
  heeded_deinit(&kernel->heeded);
  undo_after(kernel);
  mem_free(kernel->after);
  mem_free(kernel);
}

struct store *kernel_store(struct kernel *kernel) {
  return kernel->store;
}

int64_t kernel_now(struct kernel *kernel) { return kernel->now; }

int64_t kernel_state(const struct kernel *kernel) { return kernel->state; }

const struct kernel_stats *kernel_statistics(const struct kernel *kernel) {
  return &kernel->stats;
}

int64_t kernel_next_due(struct kernel *kernel) {
  return due_first(&kernel->turns.firsts, kernel->store);
}

void due_add(struct kernel *kernel, enum due_class class, int64_t at, enum due_kind kind,
             int64_t ref, int64_t key) {
  struct work work = {.class = class, .kind = kind, .at = at, .ref = ref, .key = key};
  if (at > kernel->now || !soon_add(&kernel->soon, &work)) kernel_put_due(kernel, &work);
}

void due_remove(struct kernel *kernel, enum due_class class, int64_t at,
                enum due_kind kind, int64_t ref) {
  struct work work = {.class = class, .kind = kind, .at = at, .ref = ref};
  if (!soon_remove(&kernel->soon, &work)) due_take_away(kernel->store, &work);
}

void due_rekey(struct kernel *kernel, int64_t from, int64_t to) {
  soon_rekey(&kernel->soon, from, to);
  store_exec(kernel->store, "UPDATE due SET key=?2 WHERE key=?1", "ii", from, to);
}

void kernel_heed(struct kernel *kernel, const char *kind) {
  heeded_add(&kernel->heeded, kernel->store, kind);
}

bool kernel_heeds(struct kernel *kernel, const char *kind) {
  return heeded_has(&kernel->heeded, kernel->store, kind);
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

void kernel_on_hurry(struct kernel *kernel, bool (*hurry)(void *self), void *self) {
  kernel->hurry = hurry;
  kernel->hurry_self = self;
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

void kernel_after(struct kernel *kernel, void (*fn)(void *self, void *own),
                  void (*release)(void *own), void *self, void *own) {
  if (kernel->after_count == kernel->after_cap) {
    kernel->after_cap = kernel->after_cap ? kernel->after_cap * 2 : 16;
    kernel->after = mem_resize(kernel->after, kernel->after_cap * sizeof *kernel->after);
  }
  kernel->after[kernel->after_count++] = (struct after){fn, release, self, own};
}

static bool has_settling(const struct kernel *kernel) {
  return kernel->settling.after_count || kernel->settling.row_count;
}

// What waits for the last commit to be synced.
static void settle(struct kernel *kernel) {
  struct settling settling = kernel->settling;
  kernel->settling = (struct settling){0};  // what runs now may ask for more
  for (size_t i = 0; i < settling.after_count; i++)
    settling.after[i].fn(settling.after[i].self, settling.after[i].own);
  drop_after(settling.after, settling.after_count);
  mem_free(settling.after);
  for (int i = 0; i < settling.row_count; i++)
    inbox_tell_fresh(&kernel->inbox, &settling.rows[i]);
  mem_free(settling.rows);
}

// One commit is synced before the next: what waited for that need not wait for this one.
void kernel_committed(struct kernel *kernel, struct inbox_row *rows, int count) {
  settle(kernel);
  kernel->settling = (struct settling){.after = kernel->after,
                                       .after_count = kernel->after_count,
                                       .rows = rows,
                                       .row_count = count};
  kernel->after = NULL;
  kernel->after_count = kernel->after_cap = 0;
  if (store_synced(kernel->store)) settle(kernel);
}

// A batch that is begun while the disk is at work waits for it in its commit, and
// everybody with it. One that is not begun waits alone: pages are served meanwhile.
static bool must_wait(const struct kernel *kernel) {
  return !store_is_ready(kernel->store, kernel->last_works >= BUSY);
}

bool kernel_settle(struct kernel *kernel) {
  if (!has_settling(kernel) && !must_wait(kernel)) return false;
  store_wait_for_disk(kernel->store);
  if (has_settling(kernel)) settle(kernel);
  return true;
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

int kernel_begin(struct kernel *kernel, bool follows, struct status *status) {
  undo_after(kernel);
  kernel->soon.count = 0;
  kernel->soon.open = follows && kernel->follow;
  kernel->state++;
  kernel->kept_in_batch = kernel->kept;
  return kernel->cut ? no_power(status) : store_begin(kernel->store, status);
}

void kernel_cut(struct kernel *kernel, int64_t commits, bool lost) {
  kernel->cut_in = commits;
  kernel->cut_loses = lost;
}

void kernel_set_follow(struct kernel *kernel, bool follow) { kernel->follow = follow; }

bool kernel_is_cut(const struct kernel *kernel) { return kernel->cut; }

static int cut_commit(struct kernel *kernel, struct status *status) {
  kernel->cut = true;
  if (kernel->cut_loses)
    store_rollback(kernel->store);
  else if (store_commit(kernel->store, status))
    return status->code;
  undo_after(kernel);
  return no_power(status);
}

int kernel_commit(struct kernel *kernel, struct status *status) {
  int64_t started = clock_steady_ms();
  if (kernel->cut_in && --kernel->cut_in == 0) return cut_commit(kernel, status);
  int code = store_commit_apart(kernel->store, status);
  kernel->stats.commit_us += (clock_steady_ms() - started) * 1000;
  kernel->stats.batches++;
  if (code)
    undo_after(kernel);
  else
    kernel->kept = kernel->kept_in_batch;
  return code;
}

// Messages are taken before what falls due, but not for ever: those that press on must
// not keep an escalation from its time.
static bool take_batch(struct kernel *kernel, struct status *status) {
  int most = inbox_may_wait(&kernel->inbox) ? 1 : IN_A_ROW;
  if (kernel->in_a_row < most && kernel_take_fresh(kernel, status)) {
    kernel->in_a_row++;
    return true;
  }
  if (status->code) return false;
  kernel->in_a_row = 0;
  bool took = kernel_take_waiting(kernel, status);
  if (status->code || inbox_may_wait(&kernel->inbox)) return took;
  took = kernel_take_works(kernel, status) || took;
  return !status->code && (took || inbox_has_fresh(&kernel->inbox));
}

bool kernel_step(struct kernel *kernel, struct status *status) {
  status->code = OK;
  int64_t now = clock_now(kernel->clock), before = kernel->stats.works;
  if (now > kernel->now) kernel->now = now;
  if (has_settling(kernel) && store_synced(kernel->store)) settle(kernel);
  store_tend(kernel->store);
  if (must_wait(kernel)) return false;
  bool more = take_batch(kernel, status);
  if (kernel->stats.works > before) kernel->last_works = kernel->stats.works - before;
  return more;
}
