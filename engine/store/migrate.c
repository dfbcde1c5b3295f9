// Brings a database's schema up to this program's, a copy of the old one set aside.
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store_parts.h"

enum { TELL_EVERY_MS = 2000 };

int store_count_migrations(const struct embedded *list) {
  int count = 0;
  while (list[count].name != NULL) count++;
  return count;
}

static int check_numbers(const struct embedded *list, struct status *status) {
  for (int i = 0; list[i].name != NULL; i++)
    if (strtol(list[i].name, NULL, 10) != i + 1)
      return status_fail(status, ERR_INTERNAL,
                         "migration %.100s stands where number %04d belongs",
                         list[i].name, i + 1);
  return OK;
}

static int copy_aside(struct store *store, int version, struct status *status) {
  struct buf target = {0};
  struct backup *backup = NULL;
  bool done = false;
  buf_printf(&target, "%s.before-%d", store->path, version);
  log_line(LOG_LEVEL_INFO, "store.backup", "file=%s", target.data);
  int code = backup_start(&backup, store, target.data, status);
  while (code == OK && !done) code = backup_step(backup, 10000, &done, status);
  backup_free(backup);
  buf_deinit(&target);
  return code;
}

static int fail(struct store *store, const char *name, struct status *status) {
  store_report(store, status);
  return status_prefix(status, "migration %.100s failed, nothing was changed", name);
}

static int check_references(struct store *store) {
  struct stmt *stmt = store_query(store, "PRAGMA foreign_key_check", "");
  if (stmt_row(stmt)) {
    store->broken = true;
    status_fail(&store->error, ERR_INTERNAL,
                "database %.200s: a row of table %.100s refers to nothing", store->path,
                stmt_text(stmt, 0));
  }
  stmt_done(stmt);
  return store->broken ? store->error.code : OK;
}

// SQLite takes no parameter in a PRAGMA.
static int set_version(struct store *store, int version) {
  struct buf sql = {0};
  buf_printf(&sql, "PRAGMA user_version=%d", version);
  int rc = sqlite3_exec(store->db, sql.data, NULL, NULL, NULL);
  int code = rc == SQLITE_OK ? OK : store_fail(store, sql.data, rc);
  buf_deinit(&sql);
  return code;
}

struct progress {
  const char *name;
  int64_t began, told;  // ms
};

static int tell_progress(void *context) {
  struct progress *progress = context;
  int64_t now = clock_steady_ms();
  if (now - progress->told < TELL_EVERY_MS) return 0;
  progress->told = now;
  log_line(LOG_LEVEL_INFO, "store.migrating", "migration=%s seconds=%lld", progress->name,
           (long long)(now - progress->began) / 1000);
  return 0;
}

static int run_text(struct store *store, const struct embedded *migration) {
  int64_t now = clock_steady_ms();
  struct progress progress = {migration->name, now, now};
  sqlite3_progress_handler(store->db, 100000, tell_progress, &progress);
  int rc = sqlite3_exec(store->db, migration->text, NULL, NULL, NULL);
  sqlite3_progress_handler(store->db, 0, NULL, NULL);
  if (rc != SQLITE_OK) return store_fail(store, migration->name, rc);
  if (sqlite3_get_autocommit(store->db) == 0) return OK;
  store->broken = true;
  return status_fail(&store->error, ERR_INTERNAL,
                     "it ends the transaction it runs in; remove its COMMIT");
}

static int migrate_one(struct store *store, const struct embedded *migration, int version,
                       struct status *status) {
  if (store_begin(store, status) < 0) return status->code;
  if (run_text(store, migration) < 0 || check_references(store) < 0 ||
      set_version(store, version) < 0) {
    store_rollback(store);
    return fail(store, migration->name, status);
  }
  if (store_commit(store, status) < 0) return fail(store, migration->name, status);
  log_line(LOG_LEVEL_INFO, "store.migrated", "file=%s version=%d", store->path, version);
  return OK;
}

int store_migrate(struct store *store, const struct embedded *list,
                  struct status *status) {
  int newest = store_count_migrations(list);
  int64_t version;
  if (check_numbers(list, status) < 0) return status->code;
  if (store_number(store, "PRAGMA user_version", &version) < 0)
    return store_report(store, status);
  if (version > 0 && version < newest && !store->memory &&
      copy_aside(store, newest, status) < 0)
    return status->code;
  for (int i = (int)version; i < newest; i++)
    if (migrate_one(store, &list[i], i + 1, status) < 0) return status->code;
  return OK;
}
