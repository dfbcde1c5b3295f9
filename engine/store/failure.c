// What SQLite's failures mean to those who wait for the work.
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/store_parts.h"

int store_code(sqlite3 *db, int rc) {
  int reason = db != NULL ? sqlite3_system_errno(db) : 0;
  switch (rc & 0xFF) {
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_IOERR: return reason == ENOSPC || reason == EDQUOT ? ERR_FULL : ERR_IO;
    case SQLITE_CONSTRAINT: return ERR_CONFLICT;
    case SQLITE_TOOBIG: return ERR_LIMIT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM: return ERR_IO;
    default: return ERR_INTERNAL;
  }
}

bool store_refuses(int code) { return code == ERR_FULL || code == ERR_IO; }

static const char *remedy(int rc) {
  if (rc == SQLITE_IOERR_DATA) return ": a page is damaged; bring back a backup";
  switch (rc & 0xFF) {
    case SQLITE_FULL: return "; make room and try again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "; bring back a backup";
    default: return "";
  }
}

// What was not synced may be gone although later syncs succeed: only a new start, which
// reads what is really there, can be trusted.
static void end_on_failed_sync(const struct store *store, int rc) {
  if (rc != SQLITE_IOERR_FSYNC && rc != SQLITE_IOERR_DIR_FSYNC) return;
  log_line(LOG_LEVEL_ERROR, "store.sync_failed", "file=%s", store->path);
  abort();
}

void store_on_lost(struct store *store, void (*fn)(void *self, const char *why),
                   void *self) {
  store->lost = fn;
  store->lost_self = self;
}

static bool is_loss(const struct store *store, int rc) {
  switch (rc & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return true;
    case SQLITE_IOERR:
      return rc != SQLITE_IOERR_NOMEM && store_code(store->db, rc) == ERR_IO;
    default: return false;
  }
}

// SQLite keeps a text for its own failures only, not for those found on this side.
static const char *reason_of(const struct store *store, int rc) {
  bool own = store->db != NULL && sqlite3_extended_errcode(store->db) == rc;
  return own ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc);
}

// A batch that is short of memory would be taken for one with a bad row, and refused.
static void end_without_memory(int rc) {
  if ((rc & 0xFF) == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM) mem_out();
}

void store_note(const struct store *store, const char *sql, int rc) {
  const char *why = reason_of(store, rc);
  log_line(LOG_LEVEL_ERROR, "store.failed", "file=%s code=%d sql=\"%s\" message=\"%s\"",
           store->path, rc, sql, why);
  end_on_failed_sync(store, rc);
  end_without_memory(rc);
  if (store->lost && is_loss(store, rc)) store->lost(store->lost_self, why);
}

int store_fail(struct store *store, const char *sql, int rc) {
  const char *why = reason_of(store, rc);
  int code = store_code(store->db, rc);
  store_note(store, sql, rc);
  store->failures++;
  if (!store->broken)
    status_fail(&store->error, code, "database %.200s: %.200s%s", store->path, why,
                remedy(rc));
  store->broken = store->begun;
  return store->error.code;
}

int store_report(const struct store *store, struct status *status) {
  return status_fail(status, store->error.code, "%s", store->error.text);
}

uint64_t store_failures(const struct store *store) { return store->failures; }

const struct status *store_error(const struct store *store) { return &store->error; }
