#include "care/share.h"

enum { SHARES = 32749 };  // two bytes a row; two departments of one number wait together

static int64_t share(struct care *care, const char *sql, int64_t id) {
  uint32_t hash = 0;
  struct stmt *row = store_query(care->store, sql, "i", id);
  if (stmt_row(row))
    for (const char *at = stmt_text(row, 0); *at; at++)
      hash = hash * 31 + (unsigned char)*at;
  stmt_done(row);
  return hash % SHARES;
}

int64_t share_of_run(void *self, const struct work *work) {
  return share(self, "SELECT department FROM run WHERE id=?1", work->ref);
}

int64_t share_of_enrollment(void *self, const struct work *work) {
  return share(self, "SELECT department FROM enrollment WHERE id=?1", work->ref);
}

int64_t share_of_message(void *self, const struct work *work) {
  return share(self, "SELECT department FROM message WHERE id=?1", work->ref);
}

int64_t share_of_task(void *self, const struct work *work) {
  return share(self, "SELECT department FROM task WHERE id=?1", work->ref);
}

// Once more or in its time: the job is its key.
int64_t share_of_job(void *self, const struct work *work) {
  return share(self, "SELECT department FROM job WHERE id=?1", -work->key);
}
