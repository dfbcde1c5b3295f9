#include "run/heeded.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void heeded_deinit(struct heeded *heeded) {
  for (size_t i = 0; i < heeded->count; i++) mem_free(heeded->kinds[i]);
  mem_free(heeded->kinds);
  *heeded = (struct heeded){0};
}

static void read_kinds(struct heeded *heeded, struct store *store) {
  heeded_deinit(heeded);
  struct stmt *row = store_query(store, "SELECT kind FROM heeded ORDER BY kind", "");
  while (stmt_row(row)) {
    heeded->kinds =
        mem_resize(heeded->kinds, (heeded->count + 1) * sizeof *heeded->kinds);
    heeded->kinds[heeded->count++] = mem_copy_text(stmt_text(row, 0));
  }
  stmt_done(row);
  heeded->touched = store_touched(store, HEEDED_TOPIC) + 1;
}

static int compare(const void *kind, const void *other) {
  return strcmp(kind, *(char *const *)other);
}

// What can't be read is looked for: the transaction is broken then in any case.
bool heeded_has(struct heeded *heeded, struct store *store, const char *kind) {
  if (heeded->touched != store_touched(store, HEEDED_TOPIC) + 1)
    read_kinds(heeded, store);
  return store_broken(store) ||
         (heeded->count &&
          bsearch(kind, heeded->kinds, heeded->count, sizeof(char *), compare));
}

void heeded_add(struct heeded *heeded, struct store *store, const char *kind) {
  if (heeded_has(heeded, store, kind)) return;
  store_exec(store, "INSERT OR IGNORE INTO heeded (kind) VALUES (?1)", "t", kind);
  store_touch(store, HEEDED_TOPIC);
}
