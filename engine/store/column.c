// The columns of a statement's current row.
#include "store/store_parts.h"

int64_t stmt_int(struct stmt *stmt, int column) {
  return sqlite3_column_int64(stmt->handle, column);
}

bool stmt_null(struct stmt *stmt, int column) {
  return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

double stmt_real(struct stmt *stmt, int column) {
  return sqlite3_column_double(stmt->handle, column);
}

const char *stmt_text(struct stmt *stmt, int column) {
  return (const char *)sqlite3_column_text(stmt->handle, column);
}

const void *stmt_bytes(struct stmt *stmt, int column, size_t *len) {
  const void *bytes = sqlite3_column_blob(stmt->handle, column);
  *len = (size_t)sqlite3_column_bytes(stmt->handle, column);
  return bytes;
}

int stmt_columns(struct stmt *stmt) { return sqlite3_column_count(stmt->handle); }

const char *stmt_name(struct stmt *stmt, int column) {
  const char *name =
      stmt->handle != NULL ? sqlite3_column_name(stmt->handle, column) : NULL;
  return name != NULL ? name : "";
}

int64_t store_last_id(const struct store *store) {
  return sqlite3_last_insert_rowid(store->db);
}

int64_t store_changes(const struct store *store) { return sqlite3_changes64(store->db); }

int64_t store_version(const struct store *store) {
  return sqlite3_total_changes64(store->db);
}
