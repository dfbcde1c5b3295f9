#include "care/figures.h"

#include <string.h>

#include "base/civil.h"
#include "care/mapping.h"

struct asked {
  int64_t all, answered, silent;
};

// The newest rows, back to a week ago: as many as one week has.
static struct asked last_week(struct care *care, const char *department) {
  struct asked asked = {0};
  int64_t since = kernel_now(care->kernel) - 7 * (int64_t)CIVIL_DAY_MS;
  struct stmt *rows = store_query(
      care->store, "SELECT department, status, opened_at FROM question ORDER BY id DESC",
      "");
  while (stmt_row(rows) && stmt_int(rows, 2) >= since) {
    if (strcmp(stmt_text(rows, 0), department)) continue;
    asked.all++;
    asked.answered += !strcmp(stmt_text(rows, 1), "answered");
    asked.silent += !strcmp(stmt_text(rows, 1), "lapsed");
  }
  stmt_done(rows);
  return asked;
}

void figures_put(struct care *care, const char *department, struct buf *out) {
  struct store *store = care->store;
  struct asked asked = last_week(care, department);
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "answered", asked.answered);
  mapping_int(&map, "asked", asked.all);
  mapping_int(&map, "open_alerts",
              store_int(store, 0,
                        "SELECT count(*) FROM alert WHERE department=?1 AND "
                        "status<>'closed'",
                        "t", department));
  mapping_int(&map, "open_tasks",
              store_int(store, 0,
                        "SELECT count(*) FROM task WHERE department=?1 AND status IN "
                        "('open','held')",
                        "t", department));
  mapping_int(&map, "overdue_tasks",
              store_int(store, 0,
                        "SELECT count(*) FROM task WHERE department=?1 AND status IN "
                        "('open','held') AND overdue_at IS NOT NULL",
                        "t", department));
  mapping_int(&map, "silent", asked.silent);
  mapping_end(&map);
}
