// SQLite's memory, whose nth allocation fails.
#include <sqlite3.h>

#include "inject.h"

static struct strike strike;
static sqlite3_mem_methods usual;

struct strike *memory_strike(void) {
  return &strike;
}

static void *starved_malloc(int size) {
  return strike_now(&strike) ? NULL : usual.xMalloc(size);
}

static void *starved_realloc(void *memory, int size) {
  return strike_now(&strike) ? NULL : usual.xRealloc(memory, size);
}

int memory_mount(void) {
  int rc = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual);
  if (rc != SQLITE_OK) return rc;
  sqlite3_mem_methods methods = usual;
  methods.xMalloc = starved_malloc;
  methods.xRealloc = starved_realloc;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
