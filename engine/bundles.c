#include "bundles.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"

static void drop_first(struct bundles *bundles) {
  bundle_free(bundles->list[0].bundle);
  mem_free(bundles->list[0].department);
  bundles->count--;
  memmove(bundles->list, bundles->list + 1,
          (size_t)bundles->count * sizeof bundles->list[0]);
}

// A department's newest is asked for again and again: it stands at the end.
static struct bundle *find(struct bundles *bundles, const char *department, int64_t row) {
  for (int i = bundles->count - 1; i >= 0; i--) {
    struct loaded_bundle found = bundles->list[i];
    if (found.row != row || strcmp(found.department, department)) continue;
    int behind = bundles->count - 1 - i;
    if (behind >= BUNDLES / 2) {
      memmove(&bundles->list[i], &bundles->list[i + 1],
              (size_t)behind * sizeof bundles->list[0]);
      bundles->list[bundles->count - 1] = found;
    }
    return found.bundle;
  }
  return NULL;
}

void bundles_add(struct bundles *bundles, const char *department, int64_t row,
                 struct bundle *bundle) {
  if (find(bundles, department, row)) {
    bundle_free(bundle);
    return;
  }
  if (bundles->count == BUNDLES) drop_first(bundles);
  bundles->list[bundles->count++] =
      (struct loaded_bundle){row, mem_copy_text(department), bundle};
}

static void read_stored(struct store *store, int64_t row, struct sources *out) {
  struct stmt *rows = store_query(store,
                                  "SELECT path, text FROM bundle_file JOIN source ON "
                                  "source.digest = bundle_file.digest WHERE bundle=?1 "
                                  "ORDER BY path",
                                  "i", row);
  while (stmt_row(rows)) {
    size_t len;
    const char *text = stmt_bytes(rows, 1, &len);
    sources_add(out, stmt_text(rows, 0), text ? text : "", len);
  }
  stmt_done(rows);
}

void bundles_log(const char *department, const struct bundle_report *report) {
  for (int i = 0; i < report->count; i++)
    if (!report->problems[i].accepted)
      log_line(report->problems[i].warning ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR,
               "bundle.problem", "department=%s file=%s line=%d reason=\"%s\"",
               department, report->problems[i].file, report->problems[i].line,
               report->problems[i].message);
}

struct bundle *bundles_get(struct bundles *bundles, struct store *store,
                           const char *department, int64_t row) {
  struct bundle *bundle = find(bundles, department, row);
  if (bundle || !row) return bundle;
  struct sources sources = {0};
  struct bundle_report report = {0};
  read_stored(store, row, &sources);
  if (bundle_load(
          &bundle,
          &(struct bundle_config){.department = department, .lines = bundles->lines},
          sources.items, sources.count, &report) == OK)
    bundles_add(bundles, department, row, bundle);
  else
    bundles_log(department, &report);
  bundle_report_deinit(&report);
  sources_deinit(&sources);
  return bundle;
}

void bundles_deinit(struct bundles *bundles) {
  while (bundles->count) drop_first(bundles);
}
