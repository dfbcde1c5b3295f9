#include "api/known.h"

#include <string.h>

#include "api/access.h"
#include "base/known.h"

// Ends what was asked for: true when it is known.
static bool settle(struct call *call, struct known *known) {
  struct buf text = {0};
  bool found = known->found;
  if (!found) {
    known_put(known, &text);
    call_problem(call, 404, "%s", buf_text(&text));
  }
  buf_deinit(&text);
  known_deinit(known);
  return found;
}

bool known_department(struct call *call, const char *name) {
  struct known known;
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT department FROM (" KNOWN_DEPARTMENTS
                  ") WHERE " ACCESS_DEPARTMENT("department", "1") " ORDER BY department",
                  "t", access_departments(call));
  known_start(&known, "department", name);
  while (stmt_row(row)) known_offer(&known, stmt_text(row, 0));
  stmt_done(row);
  return settle(call, &known);
}

const char *known_department_filter(struct call *call, bool *bad) {
  const char *name = call_filter(call, "department", bad);
  if (!name || known_department(call, name)) return name;
  *bad = true;
  return NULL;
}

struct look {  // through departments, for their pathways
  struct call *call;
  const char *department;
  struct known *known;
};

static void offer(void *self, const char *id, const struct value *body) {
  (void)body;
  known_offer(((struct look *)self)->known, id);
}

static void look(void *self, const char *department) {
  struct look *look = self;
  if (look->department && strcmp(look->department, department) != 0) return;
  if (access_department(look->call, department))
    catalog_each(look->call->care->catalog, department, "pathway", offer, look);
}

bool known_pathway(struct call *call, const char *department, const char *pathway) {
  struct known known;
  if (department && !known_department(call, department)) return false;
  known_start(&known, "pathway", pathway);
  catalog_each_department(call->care->catalog, look,
                          &(struct look){call, department, &known});
  return settle(call, &known);
}

const char *known_version_filter(struct call *call, bool *bad) {
  const char *hash = call_filter(call, "version", bad);
  if (!hash) return NULL;
  if (store_int(call->care->store, 0,
                "SELECT 1 FROM bundle WHERE substr(digest, 1, length(?2))=?2"
                " AND " ACCESS_DEPARTMENT("department", "1"),
                "tt", access_departments(call), hash))
    return hash;
  *bad = true;
  call_problem(call, 404,
               "no version begins with '%.60s'; afterward bundles DEPARTMENT lists them",
               hash);
  return NULL;
}
