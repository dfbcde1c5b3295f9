#include "care/keys.h"

#include <sodium.h>
#include <string.h>

static bool read_key(struct store *store, const char *name, unsigned char *out,
                     size_t size) {
  struct stmt *row = store_query(store, "SELECT value FROM meta WHERE key=?1", "t", name);
  size_t len = 0;
  bool found = stmt_row(row);
  const void *bytes = found ? stmt_bytes(row, 0, &len) : NULL;
  found = bytes && len == size;
  if (found) memcpy(out, bytes, size);
  stmt_done(row);
  return found;
}

static void load_key(struct store *store, const char *name, unsigned char *out,
                     size_t size) {
  if (read_key(store, name, out, size)) return;
  randombytes_buf(out, size);
  store_exec(store, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", "tb",
             name, out, size);
}

static void load_all(struct store *store, struct keys *keys) {
  load_key(store, "public-id-key", keys->public_id, sizeof keys->public_id);
  load_key(store, "link-key", keys->link, sizeof keys->link);
}

int keys_load(struct store *store, struct keys *keys, struct status *status) {
  if (sodium_init() < 0)
    return status_fail(status, ERR_INTERNAL, "libsodium can't draw random numbers");
  if (store_in_transaction(store)) return load_all(store, keys), OK;
  if (store_begin(store, status)) return status->code;
  load_all(store, keys);
  return store_commit(store, status);
}
