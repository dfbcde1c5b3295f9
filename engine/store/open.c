// Opening: lock, know the file for ours, set it up, migrate.
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "store/guard_log.h"
#include "store/store_parts.h"

int store_number(struct store *store, const char *sql, int64_t *out) {
  struct stmt *stmt = store_query(store, sql, "");
  bool found = stmt_row(stmt);
  *out = found ? stmt_int(stmt, 0) : 0;
  stmt_done(stmt);
  return store->error.code;
}

// Made by nobody: empty, or left by a first start that was cut short.
static int is_blank(struct store *store, int64_t application, int64_t version,
                    bool *blank) {
  int64_t objects = 0;
  if (store_number(store, "SELECT count(*) FROM sqlite_schema", &objects) < 0)
    return store->error.code;
  *blank = objects == 0 && version == 0 &&
           (application == 0 || application == STORE_APPLICATION);
  return OK;
}

// Looks only: a file that is not ours is left as it is.
static int check_identity(struct store *store, int newest, bool *blank,
                          struct status *status) {
  int64_t application, version;
  if (store_number(store, "PRAGMA application_id", &application) < 0 ||
      store_number(store, "PRAGMA user_version", &version) < 0 ||
      is_blank(store, application, version, blank) < 0)
    return store_report(store, status);
  if (!*blank && application != STORE_APPLICATION)
    return status_fail(status, ERR_INVALID,
                       "%.300s is another application's database; name another file",
                       store->path);
  if (version < 0 || version > newest)
    return status_fail(
        status, ERR_INVALID,
        "database %.200s has schema version %lld, this program knows "
        "versions up to %d: start the newer program or bring back a backup",
        store->path, (long long)version, newest);
  return OK;
}

static int run_all(struct store *store, const char *const *list) {
  for (; *list != NULL; list++)
    if (store_run(store, *list) < 0) return store->error.code;
  return OK;
}

// The writer keeps 24 MB of pages: a page read again costs its copy and its checksum, and
// what a batch touches must not be written to the log before its commit.
static int set_up_file(struct store *store, bool blank, struct status *status) {
  static const char *const creation[] = {"PRAGMA page_size=4096",
                                         "PRAGMA auto_vacuum=INCREMENTAL", NULL};
  static const char *const disk[] = {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                                     "PRAGMA journal_size_limit=134217728",
                                     "PRAGMA cache_size=-24576", NULL};
  static const char *const memory[] = {"PRAGMA journal_mode=MEMORY",
                                       "PRAGMA synchronous=OFF", NULL};
  int room = GUARD_BYTES;
  if (blank && !store->memory)
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &room);
  if ((blank && run_all(store, creation) < 0) ||
      run_all(store, store->memory ? memory : disk) < 0 ||
      (blank && store_run(store, "PRAGMA application_id=0x41667477") < 0))
    return store_report(store, status);
  char *mode = store_text(store, "PRAGMA journal_mode", "");
  bool right = mode != NULL && strcmp(mode, store->memory ? "memory" : "wal") == 0;
  mem_free(mode);
  if (right) return OK;
  return status_fail(
      status, ERR_IO,
      "database %.200s: its disk does not allow a write-ahead log; move it "
      "to a local disk",
      store->path);
}

// FAST overwrites what is deleted where the page is written anyway.
static int set_up_connection(struct store *store, struct status *status) {
  static const char *const pragmas[] = {
      "PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON",
      "PRAGMA secure_delete=FAST", "PRAGMA cache_size=-16384", NULL};
  sqlite3_extended_result_codes(store->db, 1);
  sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
  sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(store->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config(store->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  return run_all(store, pragmas) < 0 ? store_report(store, status) : OK;
}

// Statement journals in 64 KiB pieces cost more page faults than the statements they
// guard; -1 gives pieces of 1 KiB. Refused, harmlessly, once the process has opened a
// database.
static int connect_to(struct store *store, int flags, struct status *status) {
  sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (!store->memory) store->guard = guard_new();
  int rc = sqlite3_open_v2(store->path, &store->db,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | flags,
                           store->guard ? guard_name(store->guard) : NULL);
  if (rc != SQLITE_OK) {
    store_fail(store, "open", rc);
    return store_report(store, status);
  }
  return set_up_connection(store, status);
}

static struct store *store_new(const char *path) {
  struct store *store = mem_alloc(sizeof *store);
  store->path = mem_copy_text(path);
  store->memory = strcmp(path, ":memory:") == 0;
  store->lock = -1;
  return store;
}

static void store_free(struct store *store) {
  store_drop_statements(store);
  blob_forget_all(store);
  sqlite3_close(store->db);
  guard_free(store->guard);
  store_unlock(store);
  mem_free(store->path);
  mem_free(store);
}

// References are checked after each migration, not during: a table may be made anew.
static int open_writer(struct store *store, const struct embedded *list,
                       struct status *status) {
  bool blank = false;
  if (!store->memory &&
      (store_lock(store, status) < 0 || guard_check_log(store->path, status) < 0))
    return status->code;
  if (connect_to(store, 0, status) < 0 ||
      check_identity(store, store_count_migrations(list), &blank, status) < 0 ||
      set_up_file(store, blank, status) < 0)
    return status->code;
  store_watch_log(store);
  if (store_run(store, "PRAGMA foreign_keys=OFF") < 0) return store_report(store, status);
  if (store_migrate(store, list, status) < 0) return status->code;
  if (store_run(store, "PRAGMA foreign_keys=ON") < 0) return store_report(store, status);
  return OK;
}

static int open_reader(struct store *store, struct status *status) {
  bool blank = false;
  store->reader = true;
  if (connect_to(store, 0, status) < 0 ||
      check_identity(store, INT_MAX, &blank, status) < 0)
    return status->code;
  if (blank)
    return status_fail(status, ERR_INVALID, "database %.300s is empty", store->path);
  sqlite3_wal_autocheckpoint(store->db, 0);
  sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  return store_run(store, "PRAGMA query_only=ON") < 0 ? store_report(store, status) : OK;
}

static int hand_over(struct store **out, struct store *store, int code) {
  if (code == OK)
    *out = store;
  else
    store_free(store);
  return code;
}

int store_open_with(struct store **out, const char *path, const struct embedded *list,
                    struct status *status) {
  struct store *store = store_new(path);
  return hand_over(out, store, open_writer(store, list, status));
}

int store_open(struct store **out, const char *path, struct status *status) {
  return store_open_with(out, path, migrations, status);
}

int store_open_reader(struct store **out, const char *path, struct status *status) {
  struct store *store = store_new(path);
  return hand_over(out, store, open_reader(store, status));
}

int store_open_beside(struct store **out, const struct store *store,
                      struct status *status) {
  struct store *reader = store_new(store->path);
  store_on_lost(reader, store->lost, store->lost_self);
  return hand_over(out, reader, open_reader(reader, status));
}

bool store_has_file(const struct store *store) { return !store->memory; }

void store_close(struct store *store) {
  struct status status = {0};
  if (store == NULL) return;
  store_rollback(store);
  store_stop_syncers(store);
  if (!store->reader && !store->memory) store_checkpoint(store, &status);
  store_free(store);
}

const char *store_path(const struct store *store) { return store->path; }
