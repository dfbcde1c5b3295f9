// What becomes of a department's files once they have been tried: nothing, a refusal that
// is remembered, a candidate that waits, or the active version.
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/canary.h"
#include "care/mapping.h"
#include "reload/parts.h"

static void put_problem(struct buf *out, const struct bundle_problem *problem) {
  struct mapping map = mapping_begin(out);
  mapping_text(&map, "code", problem->code);
  mapping_int(&map, "column", problem->column);
  mapping_text(&map, "file", problem->file);
  mapping_int(&map, "line", problem->line);
  mapping_text(&map, "message", problem->message);
  mapping_bool(&map, "warning", problem->warning);
  mapping_end(&map);
}

// Others follow from a file that does not load, and from what stands on a line.
static int weight(const struct bundle_problem *problem) {
  if (problem->warning) return 0;
  return !strcmp(problem->code, "load") ? 3 : problem->line ? 2 : 1;
}

static int first_of(const struct bundle_report *report) {
  int most = 0, at = -1;
  for (int i = 0; i < report->count; i++) {
    int here = weight(&report->problems[i]);
    if (here <= most) continue;
    most = here;
    at = i;
  }
  return at;
}

const struct bundle_problem *conclude_first(const struct bundle_report *report) {
  int at = first_of(report);
  return at < 0 ? NULL : &report->problems[at];
}

// The one to look at first stands first.
static void put_problems(struct buf *out, const struct bundle_report *report) {
  int first = first_of(report);
  size_t begun = value_begin_list(out);
  uint32_t count = first >= 0;
  if (first >= 0) put_problem(out, &report->problems[first]);
  for (int i = 0; i < report->count; i++) {
    if (report->problems[i].accepted || i == first) continue;
    put_problem(out, &report->problems[i]);
    count++;
  }
  value_end(out, begun, count);
}

static void keep_candidate(struct taking *taking, const char *status, int64_t version,
                           const char *reason) {
  struct store *store = taking->reload->engine->store;
  struct status failed = {0};
  struct buf problems = {0};
  put_problems(&problems, &taking->report);
  if (store_begin(store, &failed) == OK) {
    candidate_put(store, &(struct candidate){
                             .department = taking->department,
                             .files = taking->files,
                             .status = status,
                             .version = version,
                             .at = clock_now(taking->reload->engine->clock),
                             .who = taking->who,
                             .git = taking->git[0] ? taking->git : NULL,
                             .reason = reason,
                             .problems = &problems,
                             .report = &taking->replayed,
                             .output = taking->output.len ? taking->output.data : NULL});
    store_commit(store, &failed);
  }
  if (failed.code)
    log_line(LOG_LEVEL_ERROR, "bundle.unkept", "department=%s reason=\"%s\"",
             taking->department, failed.text);
  buf_deinit(&problems);
}

void conclude_refused(struct taking *taking, const struct status *why) {
  taking->reload->counters.refused++;
  log_line(LOG_LEVEL_ERROR, "bundle.refused",
           "department=%s files=%.12s by=%s reason=\"%s\" remedy=\"the version before "
           "goes on: mend it and save\"",
           taking->department, taking->files, taking->who, why->text);
  keep_candidate(taking, "refused", 0, why->text);
}

static bool is_active(struct engine *engine, const char *department, const char *hash) {
  char *active = store_text(engine->store,
                            "SELECT digest FROM bundle WHERE department=?1 AND active=1",
                            "t", department);
  bool same = active && !strcmp(active, hash);
  free(active);
  return same;
}

bool conclude_same(struct taking *taking) {
  struct engine *engine = taking->reload->engine;
  struct status status = {0};
  if (!is_active(engine, taking->department, bundle_hash(taking->bundle))) return false;
  if (store_begin(engine->store, &status) == OK) {
    version_same(engine->store, taking->department, taking->files);
    store_commit(engine->store, &status);
  }
  return true;
}

static bool is_manual(const struct value *definitions, const char *department) {
  struct value all = value_field(definitions, "department"),
               own = value_field(&all, department),
               activate = value_field(&own, "activate");
  return value_is(&activate, "manual");
}

// A candidate can't take its own gate away.
static bool waits(struct taking *taking) {
  struct catalog *catalog = taking->reload->engine->catalog;
  struct value new = bundle_definitions(taking->bundle),
               old = catalog_definitions(catalog, taking->department);
  return is_manual(&new, taking->department) || is_manual(&old, taking->department);
}

static void hold(struct taking *taking, int64_t version, const char *hash) {
  taking->reload->counters.held++;
  log_line(LOG_LEVEL_INFO, "bundle.held", "department=%s digest=%s by=%s",
           taking->department, hash, taking->who);
  buf_puts(&taking->ends,
           taking->ends.len
               ? "if that is meant, say afterward activate"
               : "good so far: it waits until somebody says afterward activate");
  keep_candidate(taking, "held", version, taking->ends.data);
}

// Some follow it, and it waits until somebody says what becomes of it.
static void try_on_some(struct taking *taking, int64_t version) {
  struct engine *engine = taking->reload->engine;
  struct status status = {0};
  keep_candidate(taking, "held", version, "");  // activate_canary says why
  if (activate_canary(engine, version,
                      &(struct activation){.department = taking->department,
                                           .who = taking->who,
                                           .at = clock_now(engine->clock)},
                      &status))
    conclude_refused(taking, &status);
  else
    taking->reload->counters.held++;
}

static void activate(struct taking *taking, int64_t version) {
  struct engine *engine = taking->reload->engine;
  struct status status = {0};
  if (activate_version(engine, version,
                       &(struct activation){.department = taking->department,
                                            .who = taking->who,
                                            .way = "files",
                                            .files = taking->files,
                                            .git = taking->git[0] ? taking->git : NULL,
                                            .at = clock_now(engine->clock),
                                            .report = &taking->replayed},
                       &status))
    conclude_refused(taking, &status);
  else
    taking->reload->counters.activated++;
}

bool conclude_keep(struct taking *taking, struct status *status) {
  taking->manual = taking->ends.len || waits(taking);
  memcpy(taking->hash, bundle_hash(taking->bundle), sizeof taking->hash);
  if (activate_keep(taking->reload->engine, taking->department, &taking->sources,
                    taking->bundle, &taking->version, status))
    return false;
  taking->bundle = NULL;  // the engine's now
  return true;
}

void conclude_good(struct taking *taking) {
  if (taking->manual)
    hold(taking, taking->version, taking->hash);
  else if (activate_wants_canary(taking->reload->engine, taking->department,
                                 taking->version))
    try_on_some(taking, taking->version);
  else
    activate(taking, taking->version);
}

static int64_t choose(struct store *store, const char *department, const char *hash,
                      bool back, struct status *status) {
  int64_t version;
  if (back && hash) return version_named(store, department, hash, status);
  version =
      back ? version_before(store, department) : candidate_version(store, department);
  if (!version)
    status_fail(status, ERR_CONFLICT,
                back ? "%s has no version before the active one: afterward bundles %s "
                       "lists those it had"
                     : "%s has no candidate that could be activated: afterward bundles "
                       "%s says what its files are",
                department, department);
  return version;
}

static bool begins(struct store *store, int64_t version, const char *hash) {
  return store_int(
      store, 0, "SELECT 1 FROM bundle WHERE id=?1 AND substr(digest, 1, length(?2))=?2",
      "it", version, hash);
}

static void read_report(struct store *store, const char *department, struct buf *out) {
  struct stmt *row = store_query(
      store, "SELECT report FROM candidate WHERE department=?1", "t", department);
  size_t len;
  const char *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (bytes) buf_put(out, bytes, len);
  stmt_done(row);
}

// The candidate's files become what is active.
static int activate_candidate(struct engine *engine, int64_t version,
                              struct activation how, struct status *status) {
  struct buf report = {0};
  char *files = version_files(engine->store, how.department),
       *git = store_text(engine->store, "SELECT git FROM candidate WHERE department=?1",
                         "t", how.department);
  how.way = "asked";
  how.files = files;
  how.git = git;
  how.report = &report;
  read_report(engine->store, how.department, &report);
  bool some = activate_wants_canary(engine, how.department, version) &&
              canary_bundle(&engine->care, how.department) != version;
  int code = some ? activate_canary(engine, version, &how, status)
                  : activate_version(engine, version, &how, status);
  buf_deinit(&report);
  free(files);
  free(git);
  return code;
}

int reload_activate(struct reload *reload, const char *department, const char *hash,
                    bool back, const char *who, int64_t *version, struct status *status) {
  struct engine *engine = reload->engine;
  struct activation how = {.department = department,
                           .who = who,
                           .way = "back",
                           .at = clock_now(engine->clock)};
  if (!catalog_bundle(engine->catalog, department) &&
      !candidate_version(engine->store, department))
    return status_fail(status, ERR_NOT_FOUND, "there is no department %s with scripts",
                       department);
  *version = choose(engine->store, department, hash, back, status);
  if (!*version) return status->code;
  if (back && *version == version_active(engine->store, department))
    return status_fail(status, ERR_CONFLICT, "that version of %s is active already",
                       department);
  if (back) return activate_version(engine, *version, &how, status);
  if (hash && !begins(engine->store, *version, hash))
    return status_fail(status, ERR_CONFLICT,
                       "the candidate of %s is another one by now: look at afterward "
                       "bundles; afterward rollback takes versions that were active",
                       department);
  return activate_candidate(engine, *version, how, status);
}

int reload_promote(struct reload *reload, const char *department, bool withdraw,
                   const char *who, int64_t *version, struct status *status) {
  struct engine *engine = reload->engine;
  struct activation how = {
      .department = department, .who = who, .at = clock_now(engine->clock)};
  if (withdraw) return activate_withdraw(engine, department, who, status);
  *version = canary_bundle(&engine->care, department);
  if (!*version)
    return status_fail(status, ERR_CONFLICT, "no version of %s is being tried on some",
                       department);
  return activate_candidate(engine, *version, how, status);
}
