// Transactions that are kept whole or not at all, and the log's way back into the file.
#include <sys/statvfs.h>

#include "store/store_parts.h"
#include "store/syncer.h"

// The log is written back at LOG_CALM pages, which stalls for some 30 ms, but under load,
// when one commit writes BIG_COMMIT pages, first at LOG_MOST: what many commits touched
// is then written once, while the disk has room for the log and as much again.
enum { LOG_CALM = 2000, LOG_MOST = 32000, BIG_COMMIT = 256, LOG_ROOM_MB = 512 };

// A log that takes the last room can't be written back: the file grows by what is in it.
// So with little left it stays short, and gives back what it has taken.
static bool has_room(const struct store *store) {
  struct statvfs disk;
  return !statvfs(store->path, &disk) &&
         (uint64_t)disk.f_bavail * disk.f_frsize >> 20 >= LOG_ROOM_MB;
}

static int write_back(struct store *store, int mode) {
  sqlite3_busy_timeout(store->db, 0);  // readers are not waited for
  if (store->log_syncer) guard_syncs(store->guard)->writing_back = true;
  int pages = 0, done = 0;
  int rc = sqlite3_wal_checkpoint_v2(store->db, "main", mode, &pages, &done);
  store->log_anew = pages == done;
  if (store->log_syncer) guard_syncs(store->guard)->writing_back = false;
  sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
  return (rc & 0xFF) == SQLITE_BUSY ? SQLITE_OK : rc;
}

static void shorten_log(struct store *store) {
  int rc = write_back(
      store, has_room(store) ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE);
  if (rc != SQLITE_OK) store_note(store, "checkpoint", rc);
}

// What is not in the log for good must not be in the file.
static void shorten_due_log(struct store *store) {
  if (!store->log_due || sqlite3_txn_state(store->db, "main") != SQLITE_TXN_NONE) return;
  syncer_wait(store->log_syncer);
  store->log_due = false;
  shorten_log(store);
}

void store_tend(struct store *store) {
  if (store->log_due && store_synced(store)) shorten_due_log(store);
}

int store_begin(struct store *store, struct status *status) {
  if (store->begun)
    return status_fail(status, ERR_INTERNAL,
                       "database %.200s: a transaction is open already", store->path);
  shorten_due_log(store);
  store->error = (struct status){0};
  if (store_run(store, store->reader ? "BEGIN" : "BEGIN IMMEDIATE") < 0)
    return store_report(store, status);
  store->begun = true;
  return OK;
}

void store_begin_read(struct store *store) {
  if (store->begun) return;
  store->error = (struct status){0};
  store->begun = store_run(store, "BEGIN") >= 0;
}

void store_touch(struct store *store, int topic) { store->touched[topic]++; }

void store_touch_all(struct store *store) { store->all_touched++; }

void store_undo(struct store *store, const char *sql) {
  store_exec(store, sql, "");
  store_touch_all(store);
}

int64_t store_touched(const struct store *store, int topic) {
  return store->touched[topic] + store->all_touched;
}

// On a full disk the log, written back, has room from its beginning.
static void make_room(struct store *store) {
  if (store->error.code != ERR_FULL) return;
  int rc = write_back(store, SQLITE_CHECKPOINT_PASSIVE);
  if (rc != SQLITE_OK && store_code(store->db, rc) != ERR_FULL)
    store_note(store, "checkpoint", rc);
}

// After some failures SQLite has rolled back by itself; what then ran would be committed
// on its own, so it is asked each time.
static void leave(struct store *store) {
  if (!store->begun) return;
  if (sqlite3_get_autocommit(store->db) == 0) store_run(store, "ROLLBACK");
  if (store->broken) make_room(store);
  store->begun = store->broken = false;
}

void store_end_read(struct store *store) { leave(store); }

void store_rollback(struct store *store) {
  store_touch_all(store);
  leave(store);
}

// One commit is synced before the next is written: after the power failed, only the last
// one in the log may be torn.
static int commit(struct store *store) {
  if (!store->log_syncer) return store_run(store, "COMMIT");
  syncer_wait(store->log_syncer);
  guard_syncs(store->guard)->committing = true;
  int code = store_run(store, "COMMIT");
  guard_syncs(store->guard)->committing = false;
  store->log_anew = false;
  return code;
}

int store_commit_apart(struct store *store, struct status *status) {
  if (!store->begun)
    return status_fail(status, ERR_INTERNAL,
                       "database %.200s: there is no transaction to commit", store->path);
  if (store->broken || commit(store) < 0) {
    store_rollback(store);
    return store_report(store, status);
  }
  store->begun = false;
  return OK;
}

int store_commit(struct store *store, struct status *status) {
  int code = store_commit_apart(store, status);
  if (!code) store_wait_for_sync(store);
  return code;
}

bool store_in_transaction(const struct store *store) { return store->begun; }

bool store_broken(const struct store *store) { return store->broken; }

// A reader may keep the log from beginning anew: then it is tried again when as much has
// come in once more, not at every commit.
static bool log_is_long(struct store *store, int pages) {
  bool anew = pages < store->log_pages;
  int wrote = anew ? pages : pages - store->log_pages;
  if (anew) store->log_tried = 0;
  store->log_pages = pages;
  int limit = wrote >= BIG_COMMIT && has_room(store) ? LOG_MOST : LOG_CALM;
  if (pages - store->log_tried < limit) return false;
  store->log_tried = pages;
  return true;
}

// A commit that is synced apart has not been yet: then it is for the next transaction, by
// which time it may be.
static int log_grew(void *context, sqlite3 *db, const char *name, int pages) {
  (void)db, (void)name;
  struct store *store = context;
  if (!log_is_long(store, pages)) return SQLITE_OK;
  if (store->log_syncer)
    store->log_due = true;
  else
    shorten_log(store);
  return SQLITE_OK;  // the commit stands whatever the checkpoint met
}

void store_watch_log(struct store *store) {
  sqlite3_wal_hook(store->db, log_grew, store);
}

int store_checkpoint(struct store *store, struct status *status) {
  if (store->begun)
    return status_fail(status, ERR_CONFLICT,
                       "database %.200s: commit before the checkpoint", store->path);
  int rc = write_back(store, SQLITE_CHECKPOINT_TRUNCATE);
  if (rc == SQLITE_OK) return OK;
  store_fail(store, "checkpoint", rc);
  return store_report(store, status);
}
