#include "care/run_version.h"

#include <ctype.h>
#include <string.h>

void run_version_note(struct care *care, int64_t run, const struct turned *turned) {
  store_exec(care->store,
             "INSERT INTO run_version (run, bundle, began, at, position, reason) VALUES "
             "(?1,?2,?3,?4,?5,?6) ON CONFLICT (run, bundle) DO UPDATE SET began=?3, "
             "at=?4, position=?5, reason=?6",
             "iiiiit", run, turned->tried, turned->began, kernel_now(care->kernel),
             (int64_t)turned->replayed,
             turned->stayed.len ? buf_text(&turned->stayed) : NULL);
}

void run_version_prune(struct care *care, int64_t after, int64_t upto) {
  store_exec(care->store,
             "DELETE FROM run_version WHERE run>?1 AND run<=?2 AND EXISTS (SELECT 1 FROM "
             "run r WHERE r.id=run_version.run AND r.status IN ('done','ended') AND "
             "r.ended_at<?3 AND NOT EXISTS (SELECT 1 FROM canary c WHERE "
             "c.department=r.department AND r.started_at>=c.since AND "
             "(c.ended_at IS NULL OR r.started_at<c.ended_at)))",
             "iii", after, upto, kernel_now(care->kernel) - RUN_VERSION_KEPT_MS);
}

int64_t run_version_first(struct store *store, const struct run *run) {
  return store_int(store, run->bundle,
                   "SELECT began FROM run_version WHERE run=?1 ORDER BY at LIMIT 1", "i",
                   run->id);
}

static const char *skip_comment(const char *at, const char *end) {
  while (at < end && *at != '\n') at++;
  return at;
}

// Past `changed`: blanks, a bracket, and the edit in quotes.
static bool names_edit(const char *at, const char *end, const char *edit) {
  size_t len = strlen(edit);
  while (at < end && (isspace((unsigned char)*at) || *at == '(')) at++;
  if ((size_t)(end - at) < len + 2 || (*at != '"' && *at != '\'')) return false;
  return !memcmp(at + 1, edit, len) && at[len + 1] == *at;
}

static bool text_has_edit(const char *text, size_t size, const char *edit) {
  static const char word[] = "changed";
  const size_t len = sizeof word - 1;
  for (const char *at = text, *end = text + size; at + len < end; at++) {
    if (at[0] == '-' && at[1] == '-') at = skip_comment(at, end);
    if (at + len >= end) return false;
    if (!memcmp(at, word, len) && names_edit(at + len, end, edit)) return true;
  }
  return false;
}

bool run_version_has_edit(struct store *store, int64_t version, const char *edit) {
  struct stmt *rows = store_query(store,
                                  "SELECT text FROM bundle_file JOIN source ON "
                                  "source.digest = bundle_file.digest WHERE bundle=?1",
                                  "i", version);
  bool found = false;
  size_t len = 0;
  while (!found && stmt_row(rows)) {
    const char *text = stmt_bytes(rows, 0, &len);
    found = text && text_has_edit(text, len, edit);
  }
  stmt_done(rows);
  return found;
}
