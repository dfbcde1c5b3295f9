#include "engine.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/attachment.h"
#include "care/card.h"
#include "care/clock_hold.h"
#include "care/commands.h"
#include "care/consult.h"
#include "care/enrollment.h"
#include "care/message.h"
#include "care/patient.h"
#include "care/quarantine.h"
#include "care/question.h"
#include "care/reconcile.h"
#include "care/task.h"
#include "config.h"

static void register_handlers(struct care *care) {
  commands_handlers(care);
  enrollment_handlers(care);
  question_handlers(care);
  message_handlers(care);
  clock_hold_handlers(care);
  task_handlers(care);
  alert_handlers(care);
  event_handlers(care);
  attachment_handlers(care);
  card_handlers(care);
  consult_handlers(care);
  reconcile_handlers(care);
}

static void add_loaded(struct engine *engine, const char *department, int64_t row,
                       struct bundle *bundle) {
  if (engine->bundle_count ==
      ENGINE_BUNDLES) {  // the oldest that is not active makes room
    bundle_free(engine->bundles[0].bundle);
    mem_free(engine->bundles[0].department);
    memmove(engine->bundles, engine->bundles + 1,
            (ENGINE_BUNDLES - 1) * sizeof engine->bundles[0]);
    engine->bundle_count--;
  }
  engine->bundles[engine->bundle_count++] =
      (struct loaded_bundle){row, mem_copy_text(department), bundle};
}

static struct bundle *find_loaded(struct engine *engine, const char *department,
                                  int64_t row) {
  for (int i = engine->bundle_count - 1; i >= 0; i--)
    if (engine->bundles[i].row == row &&
        !strcmp(engine->bundles[i].department, department))
      return engine->bundles[i].bundle;
  return NULL;
}

static void read_stored(struct engine *engine, int64_t row, struct sources *out) {
  struct stmt *rows = store_query(engine->store,
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

static void log_report(const char *department, const struct bundle_report *report) {
  for (int i = 0; i < report->count; i++)
    log_line(report->problems[i].warning ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR,
             "bundle.problem", "department=%s file=%s line=%d reason=\"%s\"", department,
             report->problems[i].file, report->problems[i].line,
             report->problems[i].message);
}

struct bundle *engine_bundle(struct engine *engine, const char *department, int64_t row) {
  if (!row) row = catalog_bundle(engine->catalog, department);
  struct bundle *bundle = find_loaded(engine, department, row);
  if (bundle || !row) return bundle;
  struct sources sources = {0};
  struct bundle_report report = {0};
  read_stored(engine, row, &sources);
  if (bundle_load(&bundle, &(struct bundle_config){.department = department},
                  sources.items, sources.count, &report) == OK)
    add_loaded(engine, department, row, bundle);
  else
    log_report(department, &report);
  bundle_report_deinit(&report);
  sources_deinit(&sources);
  return bundle;
}

static int64_t keep_bundle(struct engine *engine, const char *department,
                           const struct sources *sources, struct bundle *bundle) {
  struct store *store = engine->store;
  struct value definitions = bundle_definitions(bundle);
  struct buf body = {0};
  value_put(&body, &definitions);
  store_exec(
      store,
      "INSERT OR IGNORE INTO bundle (department, digest, definitions) VALUES (?1,?2,?3)",
      "ttb", department, bundle_hash(bundle), body.data, body.len);
  buf_deinit(&body);
  int64_t row =
      store_int(store, 0, "SELECT id FROM bundle WHERE department=?1 AND digest=?2", "tt",
                department, bundle_hash(bundle));
  for (int i = 0; i < sources->count; i++) {
    char digest[33];
    digest_hex(sources->items[i].text, sources->items[i].len, digest);
    store_exec(store, "INSERT OR IGNORE INTO source (digest, text) VALUES (?1,?2)", "tb",
               digest, sources->items[i].text, sources->items[i].len);
    store_exec(
        store,
        "INSERT OR IGNORE INTO bundle_file (bundle, path, digest) VALUES (?1,?2,?3)",
        "itt", row, sources->items[i].path, digest);
  }
  return row;
}

// Enrollments are planned again by the newest schedule. What it has in the past is not
// made up; what came due by the old one and has not begun is met by the new (DESIGN.md
// §6).
static void plan_again(struct engine *engine, const char *department) {
  store_exec(engine->store,
             "UPDATE enrollment SET cursor_at=max(cursor_at, min(?2, "
             "coalesce(next_at-1, ?2))) WHERE department=?1 AND status='active'",
             "ti", department, kernel_now(engine->kernel));
  struct stmt *rows = store_query(
      engine->store,
      "SELECT id, patient FROM enrollment WHERE department=?1 AND status='active'", "t",
      department);
  while (stmt_row(rows))
    due_add(engine->store, DUE_PLAN, kernel_now(engine->kernel), WORK_PLAN,
            stmt_int(rows, 0), stmt_int(rows, 1));
  stmt_done(rows);
}

static void flip(struct engine *engine, const char *department, int64_t row,
                 const char *who) {
  store_exec(engine->store, "UPDATE bundle SET active=0 WHERE department=?1 AND active=1",
             "t", department);
  store_exec(engine->store,
             "UPDATE bundle SET active=1, activated_at=?2, activated_by=?3 WHERE id=?1",
             "iit", row, clock_now(engine->clock), who);
  plan_again(engine, department);
  quarantine_lift(engine->store, department);
}

// Into the database whole, or not at all.
static int keep_active(struct engine *engine, const char *department,
                       const struct sources *sources, struct bundle *bundle,
                       const char *who, int64_t *row, struct status *status) {
  if (store_begin(engine->store, status)) return status->code;
  *row = keep_bundle(engine, department, sources, bundle);
  flip(engine, department, *row, who);
  return store_commit(engine->store, status);
}

// Memory follows the database: a version that could not be kept, because the disk is
// full, must not be the one that new runs begin with.
static int make_active(struct engine *engine, const char *department,
                       const struct sources *sources, struct bundle *bundle,
                       const char *who, struct status *status) {
  struct value definitions = bundle_definitions(bundle);
  struct buf body = {0};
  int64_t row = 0;
  value_put(&body, &definitions);
  int code = catalog_check(engine->catalog, department, body.data, body.len, status);
  if (!code) code = keep_active(engine, department, sources, bundle, who, &row, status);
  if (!code)
    code = catalog_put(engine->catalog, department, row, body.data, body.len, status);
  buf_deinit(&body);
  if (code) return code;
  add_loaded(engine, department, row, bundle);
  log_line(LOG_LEVEL_INFO, "bundle.active", "department=%s bundle=%lld digest=%s by=%s",
           department, (long long)row, bundle_hash(bundle), who);
  return OK;
}

static bool is_active(struct engine *engine, const char *department, const char *hash) {
  return store_int(engine->store, 0,
                   "SELECT 1 FROM bundle WHERE department=?1 AND digest=?2 AND active=1",
                   "tt", department, hash) &&
         catalog_bundle(engine->catalog, department);
}

// A shared holiday file comes before the calendars that need it.
static int take_holidays(struct engine *engine, const struct sources *sources,
                         struct status *status) {
  for (int i = 0; i < sources->count; i++)
    if (!strcmp(sources->items[i].path, "shared/calendar/cn.csv"))
      return catalog_set_holidays(engine->catalog, sources->items[i].text,
                                  sources->items[i].len, status);
  return OK;
}

int engine_activate(struct engine *engine, const char *department,
                    const struct sources *sources, const char *who,
                    struct bundle_report *report, struct status *status) {
  struct bundle *bundle = NULL;
  if (take_holidays(engine, sources, status)) return status->code;
  if (bundle_load(&bundle, &(struct bundle_config){.department = department},
                  sources->items, sources->count, report))
    return status_fail(status, ERR_INVALID, "department %s: %d errors in its scripts",
                       department, report->errors);
  if (is_active(engine, department, bundle_hash(bundle))) {
    bundle_free(bundle);
    return OK;
  }
  int code = make_active(engine, department, sources, bundle, who, status);
  if (code) bundle_free(bundle);
  return code;
}

static int activate_folder(struct engine *engine, const char *folder,
                           const char *department, const char *who,
                           struct status *status) {
  struct sources sources = {0};
  struct bundle_report report = {0};
  int code = sources_read(&sources, folder, department, status);
  if (!code) code = engine_activate(engine, department, &sources, who, &report, status);
  log_report(department, &report);
  bundle_report_deinit(&report);
  sources_deinit(&sources);
  return code;
}

static bool is_department(const char *folder, const char *name) {
  struct buf path = {0};
  if (name[0] == '.' || !strcmp(name, "shared") || !strcmp(name, "demo")) return false;
  buf_printf(&path, "%s/%s", folder, name);
  DIR *inside = opendir(path.data);
  buf_deinit(&path);
  if (inside) closedir(inside);
  return inside != NULL;
}

static void warn_of_guess(void *self, const char *calendar) {
  log_line(LOG_LEVEL_WARN, "calendar.unknown_year",
           "calendar=%s year=%d remedy=\"add the year's days to "
           "scripts/shared/calendar/cn.csv\"",
           calendar, *(int *)self);
}

// Deadlines in working time reach into the months to come: this year and, from October
// on, the next.
static void warn_of_years(struct engine *engine) {
  struct civil now = zone_civil(care_site_zone(&engine->care), clock_now(engine->clock));
  for (int year = now.year; year <= now.year + (now.month >= 10 ? 1 : 0); year++)
    catalog_each_guess(engine->catalog, year, warn_of_guess, &year);
}

int engine_activate_all(struct engine *engine, const char *folder, const char *who,
                        struct status *status) {
  struct dirent **names = NULL;
  int count = scandir(folder, &names, NULL, alphasort), code = OK;
  if (count < 0)
    return status_fail(status, ERR_NOT_FOUND, "scripts folder %s can't be read", folder);
  for (int i = 0; i < count; i++) {
    struct status one = {0};
    if (is_department(folder, names[i]->d_name) &&
        activate_folder(engine, folder, names[i]->d_name, who, &one)) {
      log_line(LOG_LEVEL_ERROR, "bundle.refused", "department=%s reason=\"%s\"",
               names[i]->d_name, one.text);
      *status = one;
      code = one.code;
    }
    free(names[i]);
  }
  free(names);
  warn_of_years(engine);
  return code;
}

bool engine_settle(struct engine *engine, struct status *status) {
  while (kernel_step(engine->kernel, status)) {
  }
  return status->code == OK;
}

static int load_catalog(struct engine *engine, struct status *status) {
  struct stmt *row = store_query(engine->store,
                                 "SELECT text FROM source JOIN bundle_file ON "
                                 "bundle_file.digest = source.digest JOIN bundle ON "
                                 "bundle.id = bundle_file.bundle WHERE "
                                 "path='shared/calendar/cn.csv' AND active=1 LIMIT 1",
                                 "");
  int code = OK;
  size_t len;
  if (stmt_row(row)) {
    const char *text = stmt_bytes(row, 0, &len);
    code = catalog_set_holidays(engine->catalog, text, len, status);
  }
  stmt_done(row);
  return code ? code : catalog_load(engine->catalog, engine->store, status);
}

int engine_open(struct engine *engine, struct store *store, struct clock *clock,
                const struct value *settings, struct status *status) {
  *engine = (struct engine){.store = store, .clock = clock};
  zones_init(&engine->zones, NULL);
  engine->catalog = catalog_new();
  if (site_read(&engine->site, settings, &engine->zones, status) ||
      load_catalog(engine, status) || kernel_new(&engine->kernel, store, clock, status)) {
    engine_close(engine, NULL);
    return status->code;
  }
  engine->care = (struct care){.kernel = engine->kernel,
                               .store = store,
                               .catalog = engine->catalog,
                               .site = &engine->site,
                               .zones = &engine->zones};
  scripts_port_init(engine);
  register_handlers(&engine->care);
  if (reconcile_arm(&engine->care, status)) {
    engine_close(engine, NULL);
    return status->code;
  }
  return OK;
}

void engine_close(struct engine *engine, struct store **store_out) {
  kernel_free(engine->kernel);
  for (int i = 0; i < engine->bundle_count; i++) {
    bundle_free(engine->bundles[i].bundle);
    mem_free(engine->bundles[i].department);
  }
  buf_deinit(&engine->care.seen_patient.body);
  buf_deinit(&engine->care.seen_event.body);
  catalog_free(engine->catalog);
  site_deinit(&engine->site);
  zones_deinit(&engine->zones);
  if (store_out)
    *store_out = engine->store;
  else
    store_close(engine->store);
  *engine = (struct engine){0};
}
