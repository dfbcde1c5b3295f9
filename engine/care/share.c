#include "care/share.h"

static int64_t share(struct care *care, const char *sql, int64_t id) {
  int64_t hash = 1;
  struct stmt *row = store_query(care->store, sql, "i", id);
  if (stmt_row(row))
    for (const char *at = stmt_text(row, 0); *at; at++)
      hash = (hash * 31 + (unsigned char)*at) & INT32_MAX;
  stmt_done(row);
  return hash ? hash : 1;
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
