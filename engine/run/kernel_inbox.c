// One batch of the inbox: messages that just came, and rows that wait.
#include "base/log.h"
#include "base/mem.h"
#include "run/kernel_parts.h"

// Senders are told at once of what is rare.
static void committed_now(struct kernel *kernel) {
  kernel_committed(kernel, NULL, 0);
  store_wait_for_sync(kernel->store);
  kernel_settle(kernel);
}

// Recorded first, applied later: for what could not be both in one commit.
static bool write_fresh(struct kernel *kernel, struct status *status) {
  int code = kernel_begin(kernel, false, status);
  if (!code) {
    inbox_write(&kernel->inbox, kernel->now);
    code = kernel_commit(kernel, status);
  }
  if (!code) committed_now(kernel);
  if (!code)
    inbox_written(&kernel->inbox);
  else if (!kernel->cut)
    inbox_refuse_fresh(&kernel->inbox, code);
  return !code;
}

static int apply_fresh(struct kernel *kernel, struct inbox_row *rows, int count,
                       struct status *status) {
  if (kernel_begin(kernel, true, status)) return status->code;
  if (!inbox_apply_fresh(&kernel->inbox, rows, count, kernel->now)) {
    store_rollback(kernel->store);
    return status_fail(status, ERR_CONFLICT, "one of them is to be kept apart");
  }
  kernel_follow(kernel);
  kernel_keep_time(kernel);
  return kernel_commit(kernel, status);
}

// Most messages are applied in the commit that records them. Whatever stands in the way
// of that undoes all of it, and they go the longer way.
static bool apply_at_once(struct kernel *kernel) {
  struct status status = {0};
  if (inbox_may_wait(&kernel->inbox)) return false;
  struct inbox_row *rows = mem_alloc(BATCH * sizeof *rows);
  turns_begin(&kernel->turns);
  kernel->state++;
  store_begin_read(kernel->store);
  int count = inbox_collect_fresh(&kernel->inbox, rows, BATCH);
  bool good = !store_broken(kernel->store);
  store_end_read(kernel->store);
  good = good && !apply_fresh(kernel, rows, count, &status);
  if (good) {
    inbox_take_fresh(&kernel->inbox, rows, count);
    kernel_committed(kernel, rows, count);
    kernel->stats.works += count;
  } else {
    inbox_undo_fresh(&kernel->inbox, rows, count);
    mem_free(rows);
  }
  return good;
}

bool kernel_take_fresh(struct kernel *kernel, struct status *status) {
  return inbox_has_fresh(&kernel->inbox) &&
         (apply_at_once(kernel) || write_fresh(kernel, status));
}

static bool try_rows(struct kernel *kernel, struct inbox_row *rows, int count) {
  for (int i = 0; i < count; i++)
    if (!inbox_try(&kernel->inbox, &rows[i], kernel->now)) return false;
  return true;
}

static int apply_rows(struct kernel *kernel, struct inbox_row *rows, int count,
                      struct status *status) {
  if (kernel_begin(kernel, false, status)) return status->code;
  if (!try_rows(kernel, rows, count) && !store_broken(kernel->store)) {
    store_rollback(kernel->store);
    if (kernel_begin(kernel, false, status)) return status->code;
    for (int i = 0; i < count; i++) inbox_apply(&kernel->inbox, &rows[i], kernel->now);
  }
  kernel_keep_time(kernel);
  return kernel_commit(kernel, status);
}

static int refuse_row(struct kernel *kernel, struct inbox_row *row,
                      const struct status *why, struct status *status) {
  log_line(LOG_LEVEL_ERROR, "inbox.refused", "inbox=%lld kind=%s reason=\"%s\"",
           (long long)row->id, row->kind, why->text);
  if (kernel_begin(kernel, false, status)) return status->code;
  inbox_refuse(&kernel->inbox, row, kernel->now, why);
  kernel->stats.refused++;
  return kernel_commit(kernel, status);
}

// A batch that failed is tried row by row, so that one bad row does not hold up the
// others. A sender is told only what is committed.
static int apply_rows_singly(struct kernel *kernel, struct inbox_row *rows, int count,
                             struct status *status) {
  kernel->stats.retried++;
  for (int i = 0; i < count; i++) {
    struct status why = {0};
    buf_clear(&rows[i].result);
    int code = apply_rows(kernel, &rows[i], 1, &why);
    if (code && !store_refuses(code)) code = refuse_row(kernel, &rows[i], &why, &why);
    if (code) {
      *status = why;
      return code;
    }
    committed_now(kernel);
    inbox_applied(&kernel->inbox, &rows[i]);
  }
  return OK;
}

static int apply_all_rows(struct kernel *kernel, struct inbox_row *rows, int count,
                          struct status *status) {
  struct status why = {0};
  int code = apply_rows(kernel, rows, count, &why);
  if (code && !store_refuses(code)) return apply_rows_singly(kernel, rows, count, status);
  if (code) {
    *status = why;
    return code;
  }
  committed_now(kernel);
  for (int i = 0; i < count; i++) inbox_applied(&kernel->inbox, &rows[i]);
  return OK;
}

bool kernel_take_waiting(struct kernel *kernel, struct status *status) {
  struct inbox_row rows[BATCH];
  if (!inbox_may_wait(&kernel->inbox)) return false;
  turns_begin(&kernel->turns);
  kernel->state++;
  store_begin_read(kernel->store);
  int count = inbox_collect(&kernel->inbox, rows, BATCH);
  if (store_broken(kernel->store)) *status = *store_error(kernel->store);
  store_end_read(kernel->store);
  if (!count) return false;
  int code = status->code;
  if (!code) code = apply_all_rows(kernel, rows, count, status);
  if (!code && count < BATCH) inbox_drained(&kernel->inbox);
  for (int i = 0; i < count; i++) inbox_release(&kernel->inbox, &rows[i]);
  kernel->stats.works += count;
  return !code;
}
