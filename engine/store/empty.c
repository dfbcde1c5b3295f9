// A store in memory as new again, its statements still prepared.
#include "store/store_parts.h"

// Tables that came later refer to earlier ones. A PRAGMA that lets references be would
// throw away every prepared statement.
static const char tables[] =
    "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%'"
    " ORDER BY rowid DESC";

static int put_deletes(struct store *store, struct buf *out) {
  struct stmt *rows = store_query(store, tables, "");
  while (stmt_row(rows)) buf_printf(out, "DELETE FROM \"%s\";", stmt_text(rows, 0));
  stmt_done(rows);
  return store->broken ? store->error.code : OK;
}

int store_empty(struct store *store, struct status *status) {
  struct buf sql = {0};
  if (!store->memory)
    return status_fail(status, ERR_INVALID, "only a store in memory can be emptied");
  blob_forget_all(store);
  int code = store_begin(store, status);
  if (!code) code = put_deletes(store, &sql);
  if (!code) {
    int rc = sqlite3_exec(store->db, buf_text(&sql), NULL, NULL, NULL);
    if (rc != SQLITE_OK) store_fail(store, "DELETE", rc);
    code = store_commit(store, status);
  }
  buf_deinit(&sql);
  return code;
}

int64_t store_pages(struct store *store) {
  return store_int(store, 0, "PRAGMA page_count", "");
}
