// One run of a job, begun by the clock or by a person who wants a failed one made again.
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/commands.h"
#include "care/job.h"
#include "care/quarantine.h"
#include "care/share.h"

enum { END_FINISHED = 0, END_STUCK = 2, END_BREACH = 3 };

struct job_turn {
  int64_t job, again;  // again: the row of a failed run that is made again; else 0
  struct run run;      // no row: only what a turn needs
  struct turned made;
};

static char *local_day(struct care *care, const char *department, int64_t at) {
  struct buf out = {0};
  int64_t local = zone_to_local(care_zone(care, department), at);
  struct civil civil = civil_of_local(local);
  buf_printf(&out, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
  return buf_take(&out);
}

// id is its seed, so that a trace draws the same numbers.
static void fill(struct care *care, struct run *run, const char *department,
                 const char *name, int64_t scheduled_at) {
  *run = (struct run){.id = scheduled_at / 1000,
                      .department = mem_copy_text(department),
                      .name = mem_copy_text(name),
                      .kind = mem_copy_text("job"),
                      .day = local_day(care, department, scheduled_at),
                      .scheduled_at = scheduled_at};
}

bool job_run_load(struct care *care, int64_t job_run, struct run *out,
                  struct buf *records) {
  struct stmt *row = store_query(
      care->store,
      "SELECT department, name, scheduled_at, bundle, body FROM job_run WHERE id=?1", "i",
      job_run);
  bool found = stmt_row(row);
  size_t len = 0;
  if (found) {
    const void *body = stmt_bytes(row, 4, &len);
    fill(care, out, stmt_text(row, 0), stmt_text(row, 1), stmt_int(row, 2));
    out->bundle = stmt_int(row, 3);
    if (len) buf_put(records, body, len);
  }
  stmt_done(row);
  return found;
}

// After downtime the newest of the moments that have come; the others are let pass.
static int64_t newest_of(struct care *care, const char *department, const char *name,
                         int64_t at) {
  for (int64_t next = at; next && next <= kernel_now(care->kernel);
       next = job_next(care, department, name, at))
    at = next;
  return at;
}

static bool find_due(struct care *care, const struct work *work, struct job_turn *turn) {
  struct stmt *row = store_query(
      care->store, "SELECT department, name FROM job WHERE id=?1 AND next_at=?2", "ii",
      work->ref, work->at);
  bool found = stmt_row(row);
  if (found) {
    const char *department = stmt_text(row, 0), *name = stmt_text(row, 1);
    turn->job = work->ref;
    fill(care, &turn->run, department, name, newest_of(care, department, name, work->at));
  }
  stmt_done(row);
  return found;
}

static bool find_failed(struct care *care, int64_t job_run, struct job_turn *turn) {
  struct buf records = {0};
  turn->again = job_run;
  turn->job =
      store_int(care->store, 0, "SELECT job FROM job_run WHERE id=?1 AND status='stuck'",
                "i", job_run);
  bool found = turn->job && job_run_load(care, job_run, &turn->run, &records);
  buf_deinit(&records);
  return found;
}

// Beside the pathways' and watches' names in one list.
static void put_guarded(const struct run *run, struct buf *out) {
  buf_printf(out, "job %s", run->name);
}

static void make_turn(struct care *care, struct job_turn *turn) {
  struct buf guarded = {0}, journal = {0};
  put_guarded(&turn->run, &guarded);
  turn->run.bundle = catalog_bundle(care->catalog, turn->run.department);
  if (quarantine_holds(care, turn->run.department, buf_text(&guarded))) {
    turn->made.end = END_STUCK;
    buf_puts(&turn->made.cause,
             "the job is quarantined: its script passed its limits three times");
  } else {
    care->scripts.turn(care->scripts.self, &turn->run, &journal, &turn->made);
  }
  turn->run.id = 0;
  buf_deinit(&guarded);
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

static void prepare(void *self, struct work *work) {
  struct care *care = self;
  struct job_turn *turn = mem_alloc(sizeof *turn);
  work->prepared = turn;
  if (work->ref > 0 ? find_due(care, work, turn) : find_failed(care, -work->ref, turn))
    make_turn(care, turn);
  else
    release(self, work);
}

// Each on a line of its own; of a run that failed there are none.
static void put_notes(const struct buf *records, struct buf *out) {
  struct value record;
  size_t took;
  for (size_t at = 0; at < records->len; at += took) {
    took = value_read_front(records->data + at, records->len - at, &record);
    if (!took) return;
    struct value op = value_at(&record, 1), text = value_at(&record, 2);
    if (!value_is(&op, "note") || text.kind != VALUE_TEXT) continue;
    if (out->len) buf_putc(out, '\n');
    buf_put(out, text.text.data, text.text.len);
  }
}

static void prune(struct care *care, int64_t job) {
  store_exec(
      care->store,
      "DELETE FROM job_run WHERE job=?1 AND (status='done' OR at<?3) AND id NOT IN "
      "(SELECT id FROM job_run WHERE job=?1 ORDER BY at DESC LIMIT ?2)",
      "iii", job, (int64_t)JOB_RUNS_KEPT, kernel_now(care->kernel) - JOB_KEPT_MS);
}

static void keep(struct care *care, const struct job_turn *turn, const char *cause,
                 const struct buf *records) {
  const struct run *run = &turn->run;
  struct buf notes = {0};
  put_notes(records, &notes);
  store_exec(care->store,
             "INSERT OR REPLACE INTO job_run (id, job, department, name, bundle, "
             "scheduled_at, at, status, cause, body, note) VALUES "
             "(?10,?1,?2,?3,?4,?5,?6,?7,?8,?9,?11)",
             "ittiiittbIt", turn->job, run->department, run->name, run->bundle,
             run->scheduled_at, kernel_now(care->kernel), cause ? "stuck" : "done", cause,
             records->data, records->len, turn->again,
             notes.len ? buf_text(&notes) : NULL);
  buf_deinit(&notes);
  prune(care, turn->job);
}

static void tell_department(struct care *care, const struct run *run, const char *cause) {
  struct buf name = {0};
  log_line(LOG_LEVEL_ERROR, "job.stuck", "department=%s name=%s cause=\"%s\"",
           run->department, run->name, cause);
  buf_printf(&name, "stuck-%s", run->name);
  alert_open(care, &(struct alert_spec){.department = run->department,
                                        .name = name.data,
                                        .level = "stuck",
                                        .reason = cause});
  buf_deinit(&name);
}

static void go_on(struct care *care, const struct job_turn *turn) {
  if (!turn->again)
    job_plan(
        care, turn->job,
        job_next(care, turn->run.department, turn->run.name, kernel_now(care->kernel)));
}

static void fail(struct care *care, const struct job_turn *turn, const char *cause,
                 bool breach) {
  struct buf nothing = {0}, guarded = {0};
  keep(care, turn, cause, &nothing);
  put_guarded(&turn->run, &guarded);
  if (breach) quarantine_count(care, turn->run.department, buf_text(&guarded));
  tell_department(care, &turn->run, cause);
  buf_deinit(&guarded);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct job_turn *turn = work->prepared;
  if (!turn) return;
  const struct turned *made = &turn->made;
  if (made->end == END_FINISHED) {
    keep(care, turn, NULL, &made->records);
    commands_apply(care, &turn->run, &made->records);
  } else {
    fail(care, turn, buf_text(&made->cause), made->end == END_BREACH);
  }
  go_on(care, turn);
}

static void refuse(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  if (!work->prepared) return;
  fail(care, work->prepared, why->text, false);
  go_on(care, work->prepared);
}

void job_handlers(struct care *care) {
  static const struct work_handler handler = {.prepare = prepare,
                                              .apply = apply,
                                              .refuse = refuse,
                                              .release = release,
                                              .share = share_of_job};
  kernel_handle(care->kernel, WORK_JOB, &handler, care);
  job_retry_handlers(care);
}
