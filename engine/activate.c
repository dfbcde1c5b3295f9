#include "activate.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/canary.h"
#include "care/case_recount.h"
#include "care/departed.h"
#include "care/job.h"
#include "care/replan.h"

#define HOLIDAYS "shared/calendar/cn.csv"  // of the built-in calendar "cn"

int activate_keep(struct engine *engine, const char *department,
                  const struct sources *sources, struct bundle *bundle, int64_t *version,
                  struct status *status) {
  struct store *store = engine->store;
  struct value definitions = bundle_definitions(bundle);
  struct buf body = {0};
  if (store_begin(store, status)) return status->code;
  value_put(&body, &definitions);
  *version = version_keep(store, department, bundle_hash(bundle), &body);
  for (int i = 0; i < sources->count; i++)
    if (bundle_uses(bundle, sources->items[i].path))
      version_keep_file(store, *version, sources->items[i].path, sources->items[i].text,
                        sources->items[i].len);
  buf_deinit(&body);
  if (store_commit(store, status)) return status->code;
  if (*version == 0)
    return status_fail(status, ERR_INTERNAL, "the version could not be kept");
  bundles_add(&engine->bundles, department, *version, bundle);
  return OK;
}

static void put_definitions(struct bundle *bundle, struct buf *out) {
  struct value definitions = bundle_definitions(bundle);
  value_put(out, &definitions);
}

int activate_check(struct engine *engine, const char *department, struct bundle *bundle,
                   struct status *status) {
  struct buf body = {0};
  put_definitions(bundle, &body);
  int code = catalog_check(engine->catalog, department, body.data, body.len, status);
  buf_deinit(&body);
  return code;
}

// A shared holiday file comes before the calendars that need it. Going back in one
// department's scripts is no reason to count days otherwise in all.
static int take_holidays(struct engine *engine, int64_t version,
                         const struct activation *how, struct status *status) {
  if (!strcmp(how->way, "back")) return OK;
  struct stmt *row = store_query(engine->store,
                                 "SELECT text FROM source JOIN bundle_file ON "
                                 "bundle_file.digest = source.digest WHERE bundle=?1 AND "
                                 "path='" HOLIDAYS "'",
                                 "i", version);
  int code = OK;
  size_t len;
  if (stmt_row(row)) {
    const char *text = stmt_bytes(row, 0, &len);
    code = catalog_set_holidays(engine->catalog, text ? text : "", len, status);
  }
  stmt_done(row);
  return code;
}

int activate_load_holidays(struct engine *engine, struct status *status) {
  int64_t version =
      store_int(engine->store, 0,
                "SELECT activation.bundle FROM activation JOIN bundle_file ON "
                "bundle_file.bundle=activation.bundle AND path='" HOLIDAYS
                "' WHERE way<>'back' ORDER BY activation.id DESC LIMIT 1",
                "");
  return take_holidays(engine, version, &(struct activation){.way = "files"}, status);
}

static bool plans_differ(struct engine *engine, const char *department,
                         const struct buf *body, const char *holidays) {
  char before[33], after[33];
  struct value old = catalog_definitions(engine->catalog, department), new;
  value_read(body->data, body->len, &new);
  replan_digest(&old, department, before);
  replan_digest(&new, department, after);
  return strcmp(before, after) || strcmp(holidays, catalog_holidays(engine->catalog));
}

static int flip(struct engine *engine, int64_t version, const struct activation *how,
                const struct buf *body, bool replan, struct status *status) {
  struct value before = catalog_definitions(engine->catalog, how->department), after;
  value_read_front(body->data, body->len, &after);
  if (store_begin(engine->store, status)) return status->code;
  departed_note(engine->store, how->department,
                catalog_bundle(engine->catalog, how->department), &before, &after);
  version_activate(&engine->care, version, how, replan);
  return store_commit(engine->store, status);
}

// Memory follows the database: a version that could not be kept, because the disk is
// full, must not be the one that new runs begin with.
static int make_active(struct engine *engine, int64_t version,
                       const struct activation *how, const struct buf *body,
                       struct status *status) {
  char holidays[33];
  snprintf(holidays, sizeof holidays, "%s", catalog_holidays(engine->catalog));
  if (take_holidays(engine, version, how, status) ||
      catalog_check(engine->catalog, how->department, body->data, body->len, status))
    return status->code;
  bool replan = catalog_bundle(engine->catalog, how->department) &&
                plans_differ(engine, how->department, body, holidays);
  if (flip(engine, version, how, body, replan, status)) return status->code;
  engine->care.breaches = BREACHES_UNKNOWN;
  if (catalog_put(engine->catalog, how->department, version, body->data, body->len,
                  status))
    return status->code;
  catalog_put_departed(engine->catalog, how->department,
                       departed_load(engine->store, how->department));
  if (canary_load(&engine->care, status)) return status->code;
  if (replan) {
    if (store_begin(engine->store, status)) return status->code;
    case_recount_begin(&engine->care, how->department);
    if (store_commit(engine->store, status)) return status->code;
  }
  return job_arm(&engine->care, how->department, status);
}

int activate_version(struct engine *engine, int64_t version, const struct activation *how,
                     struct status *status) {
  int64_t began = clock_steady_ms();
  struct bundle *bundle =
      bundles_get(&engine->bundles, engine->store, how->department, version);
  struct buf body = {0};
  if (!bundle)
    return status_fail(status, ERR_INTERNAL,
                       "version %lld of %s can't be loaded any more: the log says why",
                       (long long)version, how->department);
  put_definitions(bundle, &body);
  int code = make_active(engine, version, how, &body, status);
  buf_deinit(&body);
  if (code) return code;
  int64_t took = clock_steady_ms() - began;
  histogram_add(&engine->activations, took);
  log_line(LOG_LEVEL_INFO, "bundle.active",
           "department=%s bundle=%lld digest=%s by=%s way=%s git=%s ms=%lld",
           how->department, (long long)version, bundle_hash(bundle), how->who, how->way,
           how->git ? how->git : "none", (long long)took);
  return OK;
}

static bool is_active(struct engine *engine, const char *department, const char *hash) {
  return store_int(engine->store, 0,
                   "SELECT 1 FROM bundle WHERE department=?1 AND digest=?2 AND active=1",
                   "tt", department, hash) &&
         catalog_bundle(engine->catalog, department);
}

static int take(struct engine *engine, const char *department,
                const struct sources *sources, struct bundle *bundle, const char *who,
                struct status *status) {
  char files[33];
  int64_t version = 0;
  sources_hash(sources, files);
  if (activate_check(engine, department, bundle, status) ||
      activate_keep(engine, department, sources, bundle, &version, status)) {
    bundle_free(bundle);
    return status->code;
  }
  struct activation how = {.department = department,
                           .who = who,
                           .way = "files",
                           .files = files,
                           .at = clock_now(engine->clock)};
  return activate_wants_canary(engine, department, version)
             ? activate_canary(engine, version, &how, status)
             : activate_version(engine, version, &how, status);
}

int engine_activate(struct engine *engine, const char *department,
                    const struct sources *sources, const char *who, bool look,
                    struct bundle_report *report, struct status *status) {
  struct bundle *bundle = NULL;
  struct bundle_config config = {.department = department,
                                 .lines = engine->bundles.lines};
  int code = look ? bundle_check(&bundle, &config, sources->items, sources->count, report)
                  : bundle_load(&bundle, &config, sources->items, sources->count, report);
  if (code)
    return status_fail(status, ERR_INVALID, "department %s: %d error%s in its scripts",
                       department, report->errors, report->errors == 1 ? "" : "s");
  if (is_active(engine, department, bundle_hash(bundle))) {
    bundle_free(bundle);
    return OK;
  }
  return take(engine, department, sources, bundle, who, status);
}
