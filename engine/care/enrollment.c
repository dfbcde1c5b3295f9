#include "care/enrollment.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "care/happening.h"
#include "care/ids.h"
#include "care/message.h"
#include "care/plan.h"
#include "care/quarantine.h"
#include "care/question.h"
#include "care/replan.h"
#include "care/run_deed.h"
#include "care/share.h"
#include "care/skip.h"
#include "care/task.h"

#define LIVE "ended_at IS NULL"  // the partial index run_live

static struct ids live_runs(struct care *care, int64_t patient, int64_t enrollment) {
  return ids_read(store_query(
      care->store, "SELECT id FROM run WHERE patient=?1 AND enrollment=?2 AND " LIVE,
      "ii", patient, enrollment));
}

static struct ids live_enrollments(struct care *care, int64_t patient) {
  return ids_read(store_query(
      care->store, "SELECT id FROM enrollment WHERE patient=?1 AND status<>'ended'", "i",
      patient));
}

static void close_questions(struct care *care, int64_t patient, int64_t enrollment,
                            const char *reason) {
  struct ids questions = ids_read(store_query(
      care->store,
      "SELECT id FROM question WHERE patient=?1 AND enrollment=?2 AND status IN "
      "('open','lapsed')",
      "ii", patient, enrollment));
  for (int64_t id; ids_next(&questions, &id);) question_close(care, id, reason);
}

static void mark_ended(struct care *care, struct enrollment *enrollment,
                       const char *reason) {
  plan_disarm(care, enrollment);
  store_exec(
      care->store,
      "UPDATE enrollment SET status='ended', ended_at=?2, ended_reason=?3 WHERE id=?1",
      "iit", enrollment->id, kernel_now(care->kernel), reason);
  case_ended(care, enrollment->id, reason);
}

void enrollment_end(struct care *care, int64_t id, const char *reason) {
  struct enrollment enrollment;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  if (strcmp(enrollment.status, "ended")) {
    struct ids runs = live_runs(care, enrollment.patient, id);
    mark_ended(care, &enrollment, reason);
    for (int64_t run; ids_next(&runs, &run);)
      run_finish(care->kernel, run, "ended", reason, NULL);
    close_questions(care, enrollment.patient, id, reason);
    message_cancel_for_enrollment(care, id, reason);
    task_withdraw_for_enrollment(care, id, reason);
  }
  enrollment_deinit(&enrollment);
}

void enrollment_end_all(struct care *care, int64_t patient, const char *reason) {
  struct ids live = live_enrollments(care, patient);
  for (int64_t id; ids_next(&live, &id);) enrollment_end(care, id, reason);
}

void enrollment_pause(struct care *care, int64_t id) {
  struct enrollment enrollment;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  if (!strcmp(enrollment.status, "active") && !case_is(care, id)) {  // SCRIPTING rule 6
    plan_disarm(care, &enrollment);
    store_exec(care->store,
               "UPDATE enrollment SET status='paused', paused_at=?2 WHERE id=?1", "ii",
               id, kernel_now(care->kernel));
    struct ids runs = live_runs(care, enrollment.patient, id);
    for (int64_t run; ids_next(&runs, &run);) run_pause(care->kernel, run);
    task_hold_for_enrollment(care, id, true);
  }
  enrollment_deinit(&enrollment);
}

void enrollment_pause_all(struct care *care, int64_t patient) {
  struct ids live = live_enrollments(care, patient);
  for (int64_t id; ids_next(&live, &id);) enrollment_pause(care, id);
}

static void leave_questions(struct care *care, const struct run *run) {
  struct ids open = ids_read(store_query(
      care->store,
      "SELECT id FROM question WHERE patient=?1 AND enrollment IS ?2 AND status='open'",
      "iI", run->patient, run->enrollment));
  for (int64_t id; ids_next(&open, &id);) question_leave(care, id, run->id, "stale");
}

// A run past its validity is stale: what it would ask now is no longer worth asking.
static void resume_run(struct care *care, int64_t id) {
  struct run run;
  if (!run_load(care->store, id, &run)) return;
  bool held = run_is_held(care->store, id);  // by a person, who says when it goes on
  if (!held && run.valid_until && kernel_now(care->kernel) >= run.valid_until) {
    run_finish(care->kernel, id, "ended", "stale", NULL);
    task_withdraw_for_run(care, id, "stale");
    leave_questions(care, &run);
  } else if (!held) {
    run_resume(care->kernel, id);
  }
  run_deinit(&run);
}

static void resume_one(struct care *care, int64_t id) {
  struct enrollment enrollment;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  if (!strcmp(enrollment.status, "paused")) {
    store_exec(care->store,
               "UPDATE enrollment SET status='active', paused_at=NULL WHERE id=?1", "i",
               id);
    struct ids runs = live_runs(care, enrollment.patient, id);
    for (int64_t run; ids_next(&runs, &run);) resume_run(care, run);
    task_hold_for_enrollment(care, id, false);
    plan_advance(care, &enrollment);
  }
  enrollment_deinit(&enrollment);
}

void enrollment_resume_all(struct care *care, int64_t patient) {
  struct ids live = live_enrollments(care, patient);
  for (int64_t id; ids_next(&live, &id);) resume_one(care, id);
  message_wake_for_patient(care, patient);
}

static int64_t twin_of(struct care *care, int64_t patient,
                       const struct enrollment *enrollment) {
  return store_int(
      care->store, 0,
      "SELECT id FROM enrollment WHERE patient=?1 AND department=?2 AND pathway=?3 AND "
      "status<>'ended' AND NOT EXISTS (SELECT 1 FROM case_file WHERE enrollment=?4)",
      "itti", patient, enrollment->department, enrollment->pathway, enrollment->id);
}

void enrollment_move_all(struct care *care, int64_t from, int64_t to) {
  struct ids live = live_enrollments(care, from);
  for (int64_t id; ids_next(&live, &id);) {
    struct enrollment enrollment;
    if (!enrollment_load(care->store, id, &enrollment)) continue;
    if (twin_of(care, to, &enrollment)) enrollment_end(care, id, "merged");
    enrollment_deinit(&enrollment);
  }
  store_exec(care->store, "UPDATE enrollment SET patient=?2 WHERE patient=?1", "ii", from,
             to);
  store_exec(care->store, "UPDATE run SET patient=?2 WHERE patient=?1", "ii", from, to);
  store_exec(care->store, "UPDATE question SET patient=?2 WHERE patient=?1", "ii", from,
             to);
  store_exec(care->store, "UPDATE skip SET patient=?2 WHERE patient=?1", "ii", from, to);
  due_rekey(care->kernel, from, to);
}

bool pathway_has_tier(struct care *care, const char *department, const char *pathway) {
  struct value body = catalog_find(care->catalog, department, "pathway", pathway);
  struct value tier = value_field(&body, "tier");
  return value_true(&tier);
}

static bool is_complete(struct care *care, const struct enrollment *enrollment) {
  return !strcmp(enrollment->status, "active") && !enrollment->next_at &&
         !store_int(care->store, 0,
                    "SELECT 1 FROM run WHERE patient=?1 AND enrollment=?2 AND " LIVE
                    " LIMIT 1",
                    "ii", enrollment->patient, enrollment->id);
}

// A plan that is through leaves the work it gave to people, and questions that can still
// be answered late.
void enrollment_turned(struct care *care, int64_t id, int64_t patient) {
  struct enrollment enrollment;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  if (is_complete(care, &enrollment))
    mark_ended(care, &enrollment, "completed");
  else if (!strcmp(enrollment.status, "active") &&
           pathway_has_tier(care, enrollment.department, enrollment.pathway))
    due_add(care->kernel, DUE_EVENT, kernel_now(care->kernel), WORK_RETIER, id, patient);
  enrollment_deinit(&enrollment);
}

void enrollment_retier_all(struct care *care, int64_t patient) {
  struct ids tiered = {0};
  struct stmt *rows = store_query(care->store,
                                  "SELECT id, department, pathway FROM enrollment WHERE "
                                  "patient=?1 AND status='active'",
                                  "i", patient);
  while (stmt_row(rows))
    if (pathway_has_tier(care, stmt_text(rows, 1), stmt_text(rows, 2)))
      ids_add(&tiered, stmt_int(rows, 0));
  stmt_done(rows);
  for (int64_t id; ids_next(&tiered, &id);)
    due_add(care->kernel, DUE_EVENT, kernel_now(care->kernel), WORK_RETIER, id, patient);
}

// WORK_RETIER: the tier function of the newest pathway decides; a change re-plans what is
// still to come.

struct retier {
  char *tier, *department, *pathway;
  struct status failed;
};

char *enrollment_evaluate_tier(struct care *care, const char *department,
                               const char *pathway, int64_t patient, int64_t enrollment,
                               int64_t event, struct status *status) {
  struct buf out = {0};
  struct value view;
  char *tier = NULL;
  if (quarantine_holds(care, department, pathway))
    status_fail(status, ERR_CONFLICT, QUARANTINE_CAUSE);
  else if (!care->scripts.callback(care->scripts.self, department, pathway, NULL, "tier",
                                   patient, enrollment, event, &out, status) &&
           value_read(buf_text(&out), out.len, &view))
    tier = value_copy_text(&view);
  buf_deinit(&out);
  return tier;
}

static void retier_prepare(void *self, struct work *work) {
  struct care *care = self;
  struct retier *retier = mem_alloc(sizeof *retier);
  struct enrollment enrollment;
  work->prepared = retier;
  if (!enrollment_load(care->store, work->ref, &enrollment)) return;
  if (!strcmp(enrollment.status, "active")) {
    retier->department = mem_copy_text(enrollment.department);
    retier->pathway = mem_copy_text(enrollment.pathway);
    retier->tier = enrollment_evaluate_tier(
        care, enrollment.department, enrollment.pathway, enrollment.patient,
        enrollment.id, enrollment.event, &retier->failed);
  }
  enrollment_deinit(&enrollment);
}

// What was due until now was due by the old tier; past points of the new grid are not
// made up.
static void change_tier(struct care *care, struct enrollment *enrollment,
                        const char *tier) {
  enrollment->cursor_at = replan_cursor_now(care, enrollment);
  plan_meet(care, enrollment);
  store_exec(care->store, "UPDATE enrollment SET tier=?2 WHERE id=?1", "it",
             enrollment->id, tier);
  mem_free(enrollment->tier);
  enrollment->tier = mem_copy_text(tier);
  if (!plan_arm(care, enrollment))
    enrollment_turned(care, enrollment->id, enrollment->patient);
}

static void retier_apply(void *self, struct work *work) {
  struct care *care = self;
  struct retier *retier = work->prepared;
  struct enrollment enrollment;
  if (retier->failed.code)
    quarantine_failed(care, retier->department, retier->pathway, &retier->failed);
  if (!retier->tier || !enrollment_load(care->store, work->ref, &enrollment)) return;
  if (!strcmp(enrollment.status, "active") && strcmp(enrollment.tier, retier->tier))
    change_tier(care, &enrollment, retier->tier);
  enrollment_deinit(&enrollment);
}

static void retier_release(void *self, struct work *work) {
  (void)self;
  struct retier *retier = work->prepared;
  mem_free(retier->tier);
  mem_free(retier->department);
  mem_free(retier->pathway);
  mem_free(retier);
}

static void plan_apply(void *self, struct work *work) {
  struct care *care = self;
  struct enrollment enrollment;
  if (!enrollment_load(care->store, work->ref, &enrollment)) return;
  enrollment.cursor_at = replan_cursor(&enrollment, work->at);
  if (!strcmp(enrollment.status, "active")) plan_advance(care, &enrollment);
  enrollment_deinit(&enrollment);
}

static const struct work_handler retier_handler = {.prepare = retier_prepare,
                                                   .apply = retier_apply,
                                                   .release = retier_release,
                                                   .share = share_of_enrollment};
static const struct work_handler plan_handler = {.apply = plan_apply,
                                                 .share = share_of_enrollment};

void enrollment_handlers(struct care *care) {
  kernel_handle(care->kernel, WORK_RETIER, &retier_handler, care);
  kernel_handle(care->kernel, WORK_PLAN, &plan_handler, care);
  replan_handlers(care);
  skip_handlers(care);
  happening_handlers(care);
}
