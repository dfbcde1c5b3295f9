// Runs that are due: a turn of Lua for those that are ready, the end of the wait for
// those whose time is up.
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/canary.h"
#include "care/commands.h"
#include "care/enrollment.h"
#include "care/quarantine.h"
#include "care/question.h"
#include "care/run_deed.h"
#include "care/run_version.h"
#include "care/share.h"
#include "care/task.h"

enum turn_end { END_FINISHED, END_WAITING, END_STUCK, END_BREACH };

struct turn_result {
  struct run run;
  bool turned;  // a turn was made; else the wait's time is up
  struct turned made;
};

static const char *guarded_name(const struct run *run) {
  return run->pathway ? run->pathway : run->name;
}

// A version that only some follow is guarded apart: the others' scripts go on.
static void put_guarded(struct care *care, const struct run *run, struct buf *out) {
  buf_printf(out, "%s%s", guarded_name(run),
             canary_follows_run(care, run) ? " (tried)" : "");
}

static bool is_quarantined(struct care *care, const struct run *run) {
  struct buf name = {0};
  put_guarded(care, run, &name);
  bool holds = quarantine_holds(care, run->department, buf_text(&name));
  buf_deinit(&name);
  return holds;
}

static void count_breach(struct care *care, const struct run *run) {
  struct buf name = {0};
  put_guarded(care, run, &name);
  quarantine_count(care, run->department, buf_text(&name));
  buf_deinit(&name);
}

static void make_turn(struct care *care, struct turn_result *result) {
  struct buf journal = {0};
  result->turned = true;
  if (is_quarantined(care, &result->run)) {
    result->made.end = END_STUCK;
    buf_puts(&result->made.cause, QUARANTINE_CAUSE);
    return;
  }
  run_journal(care->store, &result->run, &journal);
  care->scripts.turn(care->scripts.self, &result->run, &journal, &result->made);
  buf_deinit(&journal);
}

static void prepare(void *self, struct work *work) {
  struct care *care = self;
  struct turn_result *result = mem_alloc(sizeof *result);
  work->prepared = result;
  if (!run_load(care->store, work->ref, &result->run)) return;
  if (!strcmp(result->run.status, "ready")) make_turn(care, result);
}

static void release(void *self, struct work *work) {
  (void)self;
  struct turn_result *result = work->prepared;
  run_deinit(&result->run);
  turned_deinit(&result->made);
  mem_free(result);
}

static void tell_department(struct care *care, const struct run *run, const char *cause) {
  struct buf name = {0};
  buf_printf(&name, "stuck-%s", guarded_name(run));
  alert_open(care, &(struct alert_spec){.run = run->id,
                                        .department = run->department,
                                        .name = name.data,
                                        .level = "stuck",
                                        .reason = cause});
  buf_deinit(&name);
}

static void mark_stuck(struct care *care, const struct run *run, const char *cause,
                       bool breach) {
  log_line(LOG_LEVEL_ERROR, "run.stuck", "run=%lld department=%s name=%s cause=\"%s\"",
           (long long)run->id, run->department, run->name, cause);
  run_finish(care->kernel, run->id, "stuck", NULL, cause);
  if (breach) count_breach(care, run);
  tell_department(care, run, cause);
}

static void apply_turn(struct care *care, struct turn_result *result) {
  struct run *run = &result->run;
  const struct turned *made = &result->made;
  if (made->tried) run_version_note(care, run->id, made);
  if (made->end == END_STUCK || made->end == END_BREACH) {
    mark_stuck(care, run, buf_text(&made->cause), made->end == END_BREACH);
    return;
  }
  int64_t before = run->records;
  run_append(care->kernel, run, &made->records, made->count);
  if (before < RUN_RECORDS_WARN && run->records >= RUN_RECORDS_WARN)
    log_line(LOG_LEVEL_WARN, "run.long", "run=%lld department=%s name=%s records=%lld",
             (long long)run->id, run->department, run->name, (long long)run->records);
  commands_apply(care, run, &made->records);
  if (made->end == END_FINISHED) run_end(care->kernel, run, "done", NULL, NULL);
  bool last = made->end == END_FINISHED;  // else the run lives, and so the enrollment
  if (run->enrollment && (last || pathway_has_tier(care, run->department, run->pathway)))
    enrollment_turned(care, run->enrollment, run->patient);
}

static void give_lateness(struct care *care, struct run *run, int64_t due) {
  struct buf late = {0};
  struct value view;
  value_put_int(&late, kernel_now(care->kernel) - due);
  value_read(late.data, late.len, &view);
  run_outcome_of(care->kernel, run, &view, NULL);
  buf_deinit(&late);
}

void run_time_up(struct care *care, struct run *run, int64_t due) {
  if (!strcmp(run->wait, "time"))
    give_lateness(care, run, due);
  else if (!strcmp(run->wait, "task"))
    run_outcome_of(care->kernel, run, NULL, "open");
  else if (!strcmp(run->wait, "ask"))
    question_silent(care, run->wait_ref, run->id);
  else
    run_outcome_of(care->kernel, run, NULL, "silent");
}

static bool unchanged(struct care *care, const struct run *run) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM run WHERE id=?1 AND status=?2 AND records=?3", "iti",
                   run->id, run->status, run->records);
}

// The row may have changed between the turn and this transaction: an input of the same
// batch comes first.
static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct turn_result *result = work->prepared;
  if (result->turned && unchanged(care, &result->run)) {
    apply_turn(care, result);
    return;
  }
  struct run now;
  if (!run_load(care->store, work->ref, &now)) return;
  if (!strcmp(now.status, "waiting"))
    run_time_up(care, &now, work->at);
  else if (!strcmp(now.status, "ready"))
    due_add(care->kernel, DUE_RUN, kernel_now(care->kernel), WORK_RUN, now.id,
            now.patient);
  run_deinit(&now);
}

static void refuse(void *self, struct work *work, const struct status *why) {
  struct care *care = self;
  struct run run;
  if (!run_load(care->store, work->ref, &run)) return;
  mark_stuck(care, &run, why->text, false);
  run_deinit(&run);
}

static const struct work_handler handler = {.prepare = prepare,
                                            .apply = apply,
                                            .refuse = refuse,
                                            .release = release,
                                            .share = share_of_run};

void commands_handlers(struct care *care) {
  run_deed_handlers(care);
  kernel_handle(care->kernel, WORK_RUN, &handler, care);
}
