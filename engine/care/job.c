#include "care/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/span.h"
#include "care/alert.h"
#include "care/commands.h"
#include "care/ids.h"

enum { END_FINISHED = 0 };

struct arming {
  struct care *care;
  const char *department;
};

// The first of the times after base; 0: none.
static int64_t next_of(const struct arming *arming, const struct value *times,
                       int64_t base) {
  struct care *care = arming->care;
  struct value_iter iter = value_iterate(times);
  struct value item;
  int64_t first = 0, at;
  while (value_next(&iter, NULL, &item)) {
    struct status status = {0};
    struct span span;
    char *text = value_copy_text(&item);
    if (text && !span_parse(text, &span, &status) &&
        !span_add(base, &span, care_zone(care, arming->department), NULL, &at, &status) &&
        (!first || at < first))
      first = at;
    free(text);
  }
  return first;
}

static char *rhythm_of(const struct arming *arming, const struct value *times) {
  const char *zone = catalog_zone(arming->care->catalog, arming->department);
  struct value_iter iter = value_iterate(times);
  struct value item;
  struct buf out = {0};
  buf_puts(&out, zone ? zone : "");
  while (value_next(&iter, NULL, &item)) {
    buf_puts(&out, "; ");
    if (item.kind == VALUE_TEXT) buf_put(&out, item.text.data, item.text.len);
  }
  return buf_take(&out);
}

static void plan(struct care *care, int64_t job, int64_t at) {
  store_exec(care->store, "UPDATE job SET next_at=?2 WHERE id=?1", "ii", job, at);
  due_add(care->store, DUE_PLAN, at, WORK_JOB, job, -job);
}

static void unplan(struct care *care, int64_t job) {
  int64_t at = store_int(care->store, 0, "SELECT next_at FROM job WHERE id=?1", "i", job);
  due_remove(care->store, DUE_PLAN, at, WORK_JOB, job);
}

static void arm_one(void *self, const char *name, const struct value *body) {
  const struct arming *arming = self;
  struct store *store = arming->care->store;
  struct value times = value_field(body, "at");
  int64_t next = next_of(arming, &times, kernel_now(arming->care->kernel));
  char *rhythm = rhythm_of(arming, &times);
  int64_t same = store_int(
      store, 0, "SELECT id FROM job WHERE department=?1 AND name=?2 AND rhythm=?3", "ttt",
      arming->department, name, rhythm);
  int64_t id = store_int(store, 0, "SELECT id FROM job WHERE department=?1 AND name=?2",
                         "tt", arming->department, name);
  if (id && !same) {
    unplan(arming->care, id);
    store_exec(store, "UPDATE job SET rhythm=?2 WHERE id=?1", "it", id, rhythm);
  } else if (!id) {
    store_exec(store,
               "INSERT INTO job (department, name, rhythm, next_at) VALUES (?1,?2,?3,?4)",
               "ttti", arming->department, name, rhythm, next);
    id = store_last_id(store);
  }
  if (!same && next) plan(arming->care, id, next);
  free(rhythm);
}

// Those that the scripts have no more.
static void disarm(const struct arming *arming) {
  struct care *care = arming->care;
  struct ids ids = ids_read(store_query(
      care->store, "SELECT id FROM job WHERE department=?1", "t", arming->department));
  struct value all = catalog_definitions(care->catalog, arming->department),
               jobs = value_field(&all, "job");
  for (int64_t id; ids_next(&ids, &id);) {
    struct stmt *row =
        store_query(care->store, "SELECT name FROM job WHERE id=?1", "i", id);
    bool kept = stmt_row(row) && value_field(&jobs, stmt_text(row, 0)).kind != VALUE_NIL;
    stmt_done(row);
    if (kept) continue;
    unplan(care, id);
    store_exec(care->store, "DELETE FROM job WHERE id=?1", "i", id);
  }
}

int job_arm(struct care *care, const char *department, struct status *status) {
  struct arming arming = {care, department};
  struct value all = catalog_definitions(care->catalog, department),
               jobs = value_field(&all, "job");
  bool had =
      store_int(care->store, 0, "SELECT 1 FROM job WHERE department=?1", "t", department);
  if (!had && !value_count(&jobs)) return OK;
  if (store_begin(care->store, status)) return status->code;
  disarm(&arming);
  catalog_each(care->catalog, department, "job", arm_one, &arming);
  return store_commit(care->store, status);
}

struct arming_all {
  struct care *care;
  struct status *status;
  int code;
};

static void arm_department(void *self, const char *department) {
  struct arming_all *all = self;
  if (!all->code) all->code = job_arm(all->care, department, all->status);
}

int job_arm_all(struct care *care, struct status *status) {
  struct arming_all all = {care, status, OK};
  catalog_each_department(care->catalog, arm_department, &all);
  return all.code;
}

struct job_turn {
  struct run run;  // no row: only what a turn needs
  struct turned made;
};

static char *local_day(struct care *care, const char *department, int64_t at) {
  struct buf out = {0};
  int64_t local = zone_to_local(care_zone(care, department), at);
  struct civil civil = civil_of_local(local);
  buf_printf(&out, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
  return buf_take(&out);
}

// After downtime the newest of the moments that have come; the others are let pass.
static int64_t newest_of(struct care *care, const struct run *run, int64_t at) {
  struct arming arming = {care, run->department};
  struct value body = catalog_find(care->catalog, run->department, "job", run->name),
               times = value_field(&body, "at");
  for (int64_t next = at; next && next <= kernel_now(care->kernel);
       next = next_of(&arming, &times, at))
    at = next;
  return at;
}

static void prepare(void *self, struct work *work) {
  struct care *care = self;
  struct stmt *row = store_query(
      care->store, "SELECT department, name FROM job WHERE id=?1 AND next_at=?2", "ii",
      work->ref, work->at);
  if (!stmt_row(row)) {
    stmt_done(row);
    return;
  }
  struct job_turn *turn = mem_alloc(sizeof *turn);
  struct buf journal = {0};
  turn->run = (struct run){.id = work->at / 1000,  // its seed
                           .department = mem_copy_text(stmt_text(row, 0)),
                           .name = mem_copy_text(stmt_text(row, 1)),
                           .kind = mem_copy_text("job")};
  stmt_done(row);
  turn->run.scheduled_at = newest_of(care, &turn->run, work->at);
  turn->run.day = local_day(care, turn->run.department, turn->run.scheduled_at);
  turn->run.bundle = catalog_bundle(care->catalog, turn->run.department);
  care->scripts.turn(care->scripts.self, &turn->run, &journal, &turn->made);
  turn->run.id = 0;
  work->prepared = turn;
}

static void go_on(struct care *care, int64_t job, const char *department,
                  const char *name) {
  struct arming arming = {care, department};
  struct value body = catalog_find(care->catalog, department, "job", name),
               times = value_field(&body, "at");
  int64_t next = next_of(&arming, &times, kernel_now(care->kernel));
  if (next) plan(care, job, next);
}

static void tell_department(struct care *care, const char *department, const char *name,
                            const char *cause) {
  log_line(LOG_LEVEL_ERROR, "job.stuck", "department=%s name=%s cause=\"%s\"", department,
           name, cause);
  alert_open(
      care,
      &(struct alert_spec){
          .department = department, .name = name, .level = "stuck", .reason = cause});
}

static void keep(struct care *care, int64_t job, const struct run *run, const char *cause,
                 const struct buf *records) {
  store_exec(care->store,
             "INSERT INTO job_run (job, department, name, bundle, scheduled_at, at, "
             "status, cause, body) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
             "ittiiittb", job, run->department, run->name, run->bundle, run->scheduled_at,
             kernel_now(care->kernel), cause ? "stuck" : "done", cause, records->data,
             records->len);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct job_turn *turn = work->prepared;
  if (!turn) return;
  struct run *run = &turn->run;
  const struct turned *made = &turn->made;
  const char *cause = made->end == END_FINISHED ? NULL : buf_text(&made->cause);
  keep(care, work->ref, run, cause, &made->records);
  if (cause)
    tell_department(care, run->department, run->name, cause);
  else
    commands_apply(care, run, &made->records);
  go_on(care, work->ref, run->department, run->name);
}

static void refuse(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  struct job_turn *turn = work->prepared;
  struct buf nothing = {0};
  if (!turn) return;
  keep(care, work->ref, &turn->run, why->text, &nothing);
  tell_department(care, turn->run.department, turn->run.name, why->text);
  go_on(care, work->ref, turn->run.department, turn->run.name);
}

static void release(void *self, struct work *work) {
  struct job_turn *turn = work->prepared;
  (void)self;
  if (!turn) return;
  run_deinit(&turn->run);
  turned_deinit(&turn->made);
  mem_free(turn);
  work->prepared = NULL;
}

void job_handlers(struct care *care) {
  static const struct work_handler handler = {
      .prepare = prepare, .apply = apply, .refuse = refuse, .release = release};
  kernel_handle(care->kernel, WORK_JOB, &handler, care);
}
