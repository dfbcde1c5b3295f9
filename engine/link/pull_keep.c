// How far a connector has come, in the database.
#include "base/mem.h"
#include "link/pull_parts.h"

struct kept {
  struct store *store;
  char *connector;
  struct buf state;
  int64_t done_at;
};

static void apply(void *self, struct work *work) {
  const struct kept *kept = work->prepared;
  (void)self;
  store_exec(kept->store,
             "INSERT OR REPLACE INTO pull (connector, state, done_at) VALUES (?1,?2,?3)",
             "tbi", kept->connector, kept->state.data, kept->state.len, kept->done_at);
}

static void release(void *self, struct work *work) {
  struct kept *kept = work->prepared;
  (void)self;
  mem_free(kept->connector);
  buf_deinit(&kept->state);
  mem_free(kept);
}

void pull_keep(struct pull *pull) {
  static const struct work_handler handler = {.apply = apply, .release = release};
  struct kept *kept = mem_alloc(sizeof *kept);
  *kept = (struct kept){.store = kernel_store(pull->parts.kernel),
                        .connector = mem_copy_text(pull->name),
                        .done_at = pull->done_at};
  buf_put(&kept->state, pull->state.data, pull->state.len);
  kernel_post(pull->parts.kernel, 0, &handler, NULL, kept);
}

void pull_load(struct pull *pull) {
  struct stmt *row =
      store_query(kernel_store(pull->parts.kernel),
                  "SELECT state, done_at FROM pull WHERE connector=?1", "t", pull->name);
  if (stmt_row(row)) {
    size_t len;
    const void *bytes = stmt_bytes(row, 0, &len);
    buf_put(&pull->state, bytes, len);
    pull->done_at = stmt_int(row, 1);
  } else {
    value_end(&pull->state, value_begin_map(&pull->state), 0);
  }
  stmt_done(row);
}
