#include "store/record.h"

// The header hides what Debian's library has.
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK

#include "base/mem.h"
#include "store/store_parts.h"

struct store_record {
  struct store *store;
  sqlite3_session *session;  // NULL after a failure
  bool (*wanted)(const char *table);
};

static int is_wanted(void *self, const char *table) {
  const struct store_record *record = self;
  return record->wanted(table);
}

static void fail(struct store_record *record, int rc) {
  store_fail(record->store, "session", rc);
  if (record->session) sqlite3session_delete(record->session);
  record->session = NULL;
}

struct store_record *store_record_begin(struct store *store,
                                        bool (*wanted)(const char *table)) {
  struct store_record *record = mem_alloc(sizeof *record);
  *record = (struct store_record){.store = store, .wanted = wanted};
  int rc = sqlite3session_create(store->db, "main", &record->session);
  if (rc == SQLITE_OK) {
    sqlite3session_table_filter(record->session, is_wanted, record);
    rc = sqlite3session_attach(record->session, NULL);
  }
  if (rc != SQLITE_OK) fail(record, rc);
  return record;
}

void store_record_end(struct store_record *record, struct buf *out) {
  void *bytes = NULL;
  int len = 0;
  if (record->session) {
    int rc = sqlite3session_changeset(record->session, &len, &bytes);
    if (rc == SQLITE_OK)
      buf_put(out, bytes, (size_t)len);
    else
      fail(record, rc);
  }
  sqlite3_free(bytes);
  if (record->session) sqlite3session_delete(record->session);
  mem_free(record);
}

struct undoing {
  bool (*prevails)(const char *table);
  int64_t left;
};

static int decide(void *self, int conflict, sqlite3_changeset_iter *iter) {
  struct undoing *undoing = self;
  const char *table = "";
  int columns, op, indirect;
  if (conflict == SQLITE_CHANGESET_FOREIGN_KEY) return SQLITE_CHANGESET_ABORT;
  if (conflict == SQLITE_CHANGESET_DATA &&
      sqlite3changeset_op(iter, &table, &columns, &op, &indirect) == SQLITE_OK &&
      undoing->prevails(table))
    return SQLITE_CHANGESET_REPLACE;
  undoing->left++;
  return SQLITE_CHANGESET_OMIT;
}

int store_record_undo(struct store *store, const struct buf *changes,
                      bool (*prevails)(const char *table), int64_t *left,
                      struct status *status) {
  struct undoing undoing = {.prevails = prevails};
  void *inverse = NULL;
  int len = 0;
  int rc = sqlite3changeset_invert((int)changes->len, changes->data, &len, &inverse);
  if (rc == SQLITE_OK)
    rc = sqlite3changeset_apply(store->db, len, inverse, NULL, decide, &undoing);
  sqlite3_free(inverse);
  store_touch_all(store);
  *left = undoing.left;
  if (rc == SQLITE_ABORT)
    return status_fail(status, ERR_CONFLICT,
                       "what came since refers to what would go; nothing was changed");
  if (rc == SQLITE_OK) return OK;
  store_fail(store, "changeset", rc);
  return store_report(store, status);
}

int64_t store_schema(struct store *store) {
  return store_int(store, 0, "PRAGMA user_version", "");
}
