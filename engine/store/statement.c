// Statements, prepared once: found by the address of their text, bound without a copy.
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/store_parts.h"

static size_t slot_of(const struct store *store, const char *sql) {
  uint64_t mixed = (uint64_t)(uintptr_t)sql * 0x9E3779B97F4A7C15u;
  size_t mask = store->slot_count - 1, at = (size_t)(mixed >> 32) & mask;
  while (store->slots[at] != NULL && store->slots[at]->sql != sql) at = (at + 1) & mask;
  return at;
}

static void grow(struct store *store) {
  struct stmt **old = store->slots;
  size_t count = store->slot_count;
  store->slot_count = count > 0 ? count * 2 : 256;
  store->slots = mem_alloc(store->slot_count * sizeof *store->slots);
  for (size_t i = 0; i < count; i++)
    if (old[i] != NULL) store->slots[slot_of(store, old[i]->sql)] = old[i];
  mem_free(old);
}

static struct stmt *stmt_new(struct store *store, const char *sql) {
  struct stmt *stmt = mem_alloc(sizeof *stmt);
  stmt->store = store;
  stmt->sql = sql;
  return stmt;
}

static struct stmt *find(struct store *store, const char *sql) {
  if (store->slots_used * 2 >= store->slot_count) grow(store);
  size_t at = slot_of(store, sql);
  struct stmt *stmt = store->slots[at];
  if (stmt == NULL) {
    stmt = store->slots[at] = stmt_new(store, sql);
    store->slots_used++;
  } else if (stmt->state != STMT_IDLE) {
    stmt = stmt_new(store, sql);
    stmt->loose = true;
  }
  return stmt;
}

static int prepare(struct stmt *stmt) {
  if (stmt->handle != NULL) return SQLITE_OK;
  int rc = sqlite3_prepare_v3(stmt->store->db, stmt->sql, -1, SQLITE_PREPARE_PERSISTENT,
                              &stmt->handle, NULL);
  if (rc == SQLITE_OK && stmt->handle == NULL) rc = SQLITE_MISUSE;
  if (rc == SQLITE_OK) stmt->params = sqlite3_bind_parameter_count(stmt->handle);
  return rc;
}

static int bind_id(sqlite3_stmt *handle, int at, int64_t id) {
  return id != 0 ? sqlite3_bind_int64(handle, at, id) : sqlite3_bind_null(handle, at);
}

static int bind_all(struct stmt *stmt, const char *types, va_list args) {
  sqlite3_stmt *handle = stmt->handle;
  int at = 0, rc = SQLITE_OK;
  for (; types[at] != '\0' && rc == SQLITE_OK; at++) {
    switch (types[at]) {
      case 'i': rc = sqlite3_bind_int64(handle, at + 1, va_arg(args, int64_t)); break;
      case 'I': rc = bind_id(handle, at + 1, va_arg(args, int64_t)); break;
      case 'd': rc = sqlite3_bind_double(handle, at + 1, va_arg(args, double)); break;
      case 't': {
        const char *text = va_arg(args, const char *);
        rc = sqlite3_bind_text(handle, at + 1, text, -1, SQLITE_STATIC);
        break;
      }
      case 'b': {
        const void *bytes = va_arg(args, const void *);
        size_t len = va_arg(args, size_t);
        rc = sqlite3_bind_blob64(handle, at + 1, bytes, len, SQLITE_STATIC);
        break;
      }
      case 'n': rc = sqlite3_bind_null(handle, at + 1); break;
      default: rc = SQLITE_MISUSE;
    }
  }
  // Each parameter is bound anew, or one would keep what an earlier call bound.
  return rc == SQLITE_OK && at != stmt->params ? SQLITE_RANGE : rc;
}

static struct stmt *query(struct store *store, const char *sql, const char *types,
                          va_list args) {
  struct stmt *stmt = find(store, sql);
  stmt->state = STMT_FAILED;
  if (store->broken) return stmt;
  if (!store->begun) {
    store->error.code = OK;
    store->error.text[0] = '\0';
  }
  int rc = prepare(stmt);
  if (rc == SQLITE_OK) rc = bind_all(stmt, types != NULL ? types : "", args);
  if (rc == SQLITE_OK)
    stmt->state = STMT_READY;
  else
    store_fail(store, sql, rc);
  return stmt;
}

struct stmt *store_query(struct store *store, const char *sql, const char *types, ...) {
  va_list args;
  va_start(args, types);
  struct stmt *stmt = query(store, sql, types, args);
  va_end(args);
  return stmt;
}

bool stmt_row(struct stmt *stmt) {
  if (stmt->state != STMT_READY || stmt->store->broken) return false;
  int rc = sqlite3_step(stmt->handle);
  if (rc == SQLITE_ROW) return true;
  stmt->state = rc == SQLITE_DONE ? STMT_ENDED : STMT_FAILED;
  if (rc != SQLITE_DONE) store_fail(stmt->store, stmt->sql, rc);
  return false;
}

static void stmt_free(struct stmt *stmt) {
  sqlite3_finalize(stmt->handle);
  mem_free(stmt);
}

void stmt_done(struct stmt *stmt) {
  if (stmt->handle != NULL) sqlite3_reset(stmt->handle);
  stmt->state = STMT_IDLE;
  if (stmt->loose) stmt_free(stmt);
}

static int exec(struct store *store, const char *sql, const char *types, va_list args) {
  int64_t before = sqlite3_total_changes64(store->db);
  struct stmt *stmt = query(store, sql, types, args);
  while (stmt_row(stmt)) continue;
  bool failed = stmt->state != STMT_ENDED;
  stmt_done(stmt);
  if (failed) return store->error.code;
  // SQLite's count is that of an older statement when this one changed nothing.
  return sqlite3_total_changes64(store->db) > before ? sqlite3_changes(store->db) : 0;
}

int store_exec(struct store *store, const char *sql, const char *types, ...) {
  va_list args;
  va_start(args, types);
  int changed = exec(store, sql, types, args);
  va_end(args);
  return changed;
}

int64_t store_int(struct store *store, int64_t otherwise, const char *sql,
                  const char *types, ...) {
  va_list args;
  va_start(args, types);
  struct stmt *stmt = query(store, sql, types, args);
  va_end(args);
  if (stmt_row(stmt) && !stmt_null(stmt, 0)) otherwise = stmt_int(stmt, 0);
  stmt_done(stmt);
  return otherwise;
}

char *store_text(struct store *store, const char *sql, const char *types, ...) {
  va_list args;
  va_start(args, types);
  struct stmt *stmt = query(store, sql, types, args);
  va_end(args);
  char *text = stmt_row(stmt) ? mem_copy_text(stmt_text(stmt, 0)) : NULL;
  stmt_done(stmt);
  return text;
}

int store_run(struct store *store, const char *sql) {
  struct stmt *stmt = find(store, sql);
  int rc = prepare(stmt);
  if (rc == SQLITE_OK) rc = sqlite3_step(stmt->handle);
  int code = rc == SQLITE_DONE || rc == SQLITE_ROW ? OK : store_fail(store, sql, rc);
  stmt_done(stmt);
  return code;
}

void store_drop_statements(struct store *store) {
  for (size_t i = 0; i < store->slot_count; i++) {
    struct stmt *stmt = store->slots[i];
    if (stmt == NULL) continue;
    if (stmt->state != STMT_IDLE)
      log_line(LOG_LEVEL_ERROR, "store.left_open", "sql=\"%s\"", stmt->sql);
    stmt_free(stmt);
  }
  mem_free(store->slots);
  store->slots = NULL;
  store->slot_count = store->slots_used = 0;
}
