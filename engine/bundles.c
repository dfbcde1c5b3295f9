#include "bundles.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"

static void drop(struct bundles *bundles, int at) {
  bundle_free(bundles->list[at].bundle);
  mem_free(bundles->list[at].department);
  bundles->list[at] = bundles->list[--bundles->count];
}

static bool is_of(const struct loaded_bundle *loaded, const char *department) {
  return !department || strcmp(loaded->department, department) == 0;
}

static bool is_newest(const struct bundles *bundles, const struct loaded_bundle *loaded) {
  for (int i = 0; i < bundles->count; i++)
    if (bundles->list[i].row > loaded->row &&
        is_of(&bundles->list[i], loaded->department))
      return false;
  return true;
}

// Of this department, or of all (NULL). When each is its department's newest, -1.
static int longest_unused(const struct bundles *bundles, const char *department) {
  int found = -1;
  for (int i = 0; i < bundles->count; i++) {
    const struct loaded_bundle *loaded = &bundles->list[i];
    if (is_of(loaded, department) && !is_newest(bundles, loaded) &&
        (found < 0 || loaded->used < bundles->list[found].used))
      found = i;
  }
  return found;
}

static int count_of(const struct bundles *bundles, const char *department) {
  int count = 0;
  for (int i = 0; i < bundles->count; i++) count += is_of(&bundles->list[i], department);
  return count;
}

static void make_room(struct bundles *bundles, const char *department) {
  int before = bundles->count;
  if (count_of(bundles, department) >= BUNDLES_OF_ONE)
    drop(bundles, longest_unused(bundles, department));
  if (bundles->count == BUNDLES) {
    int found = longest_unused(bundles, NULL);
    drop(bundles, found < 0 ? 0 : found);
  }
  if (bundles->count < before) mem_trim();
}

static struct bundle *find(struct bundles *bundles, const char *department, int64_t row) {
  for (int i = bundles->count - 1; i >= 0; i--) {
    struct loaded_bundle *loaded = &bundles->list[i];
    if (loaded->row != row || strcmp(loaded->department, department)) continue;
    loaded->used = ++bundles->uses;
    return loaded->bundle;
  }
  return NULL;
}

void bundles_add(struct bundles *bundles, const char *department, int64_t row,
                 struct bundle *bundle) {
  if (find(bundles, department, row)) {
    bundle_free(bundle);
    return;
  }
  make_room(bundles, department);
  bundles->list[bundles->count++] =
      (struct loaded_bundle){row, ++bundles->uses, mem_copy_text(department), bundle};
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
  while (bundles->count) drop(bundles, bundles->count - 1);
}
