#include "care/enrollment.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/happening.h"
#include "care/message.h"
#include "care/plan.h"
#include "care/question.h"
#include "care/task.h"

enum { MANY = 256 };  // runs, enrollments or questions of one patient looked at together

struct ids {
  int64_t list[MANY];
  int count;
};

static void collect(struct stmt *rows, struct ids *out) {
  out->count = 0;
  while (out->count < MANY && stmt_row(rows)) out->list[out->count++] = stmt_int(rows, 0);
  stmt_done(rows);
}

static void live_runs(struct care *care, int64_t patient, int64_t enrollment,
                      struct ids *out) {
  collect(
      store_query(care->store,
                  "SELECT id FROM run WHERE patient=?1 AND enrollment=?2 AND ended_at IS NULL",
                  "ii", patient, enrollment),
      out);
}

static void live_enrollments(struct care *care, int64_t patient, struct ids *out) {
  collect(store_query(care->store,
                      "SELECT id FROM enrollment WHERE patient=?1 AND status<>'ended'",
                      "i", patient),
          out);
}

static void close_questions(struct care *care, int64_t patient, int64_t enrollment,
                            const char *reason) {
  struct ids questions;
  collect(store_query(
              care->store,
              "SELECT id FROM question WHERE patient=?1 AND enrollment=?2 AND status IN "
              "('open','lapsed')",
              "ii", patient, enrollment),
          &questions);
  for (int i = 0; i < questions.count; i++)
    question_close(care, questions.list[i], reason);
}

void enrollment_end(struct care *care, int64_t id, const char *reason) {
  struct enrollment enrollment;
  struct ids runs;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  if (strcmp(enrollment.status, "ended")) {
    plan_disarm(care, &enrollment);
    store_exec(
        care->store,
        "UPDATE enrollment SET status='ended', ended_at=?2, ended_reason=?3 WHERE id=?1",
        "iit", id, kernel_now(care->kernel), reason);
    live_runs(care, enrollment.patient, id, &runs);
    for (int i = 0; i < runs.count; i++)
      run_finish(care->kernel, runs.list[i], "ended", reason, NULL);
    close_questions(care, enrollment.patient, id, reason);
    message_cancel_for_enrollment(care, id, reason);
    task_withdraw_for_enrollment(care, id, reason);
  }
  enrollment_deinit(&enrollment);
}

void enrollment_end_all(struct care *care, int64_t patient, const char *reason) {
  struct ids live;
  live_enrollments(care, patient, &live);
  for (int i = 0; i < live.count; i++) enrollment_end(care, live.list[i], reason);
}

static void pause_one(struct care *care, int64_t id) {
  struct enrollment enrollment;
  struct ids runs;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  if (!strcmp(enrollment.status, "active")) {
    plan_disarm(care, &enrollment);
    store_exec(care->store,
               "UPDATE enrollment SET status='paused', paused_at=?2 WHERE id=?1", "ii",
               id, kernel_now(care->kernel));
    live_runs(care, enrollment.patient, id, &runs);
    for (int i = 0; i < runs.count; i++) run_pause(care->kernel, runs.list[i]);
    task_hold_for_enrollment(care, id, true);
  }
  enrollment_deinit(&enrollment);
}

void enrollment_pause_all(struct care *care, int64_t patient) {
  struct ids live;
  live_enrollments(care, patient, &live);
  for (int i = 0; i < live.count; i++) pause_one(care, live.list[i]);
}

// A run past its validity is stale: what it would ask now is no longer worth asking.
static void resume_run(struct care *care, int64_t id) {
  struct run run;
  if (!run_load(care->store, id, &run)) return;
  if (run.valid_until && kernel_now(care->kernel) >= run.valid_until) {
    run_finish(care->kernel, id, "ended", "stale", NULL);
    task_withdraw_for_run(care, id, "stale");
  } else {
    run_resume(care->kernel, id);
  }
  run_deinit(&run);
}

static void resume_one(struct care *care, int64_t id) {
  struct enrollment enrollment;
  struct ids runs;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  if (!strcmp(enrollment.status, "paused")) {
    store_exec(care->store,
               "UPDATE enrollment SET status='active', paused_at=NULL WHERE id=?1", "i",
               id);
    live_runs(care, enrollment.patient, id, &runs);
    for (int i = 0; i < runs.count; i++) resume_run(care, runs.list[i]);
    task_hold_for_enrollment(care, id, false);
    plan_advance(care, &enrollment);
  }
  enrollment_deinit(&enrollment);
}

void enrollment_resume_all(struct care *care, int64_t patient) {
  struct ids live;
  live_enrollments(care, patient, &live);
  for (int i = 0; i < live.count; i++) resume_one(care, live.list[i]);
  message_wake_for_patient(care, patient);
}

static int64_t twin_of(struct care *care, int64_t patient,
                       const struct enrollment *enrollment) {
  return store_int(
      care->store, 0,
      "SELECT id FROM enrollment WHERE patient=?1 AND department=?2 AND pathway=?3 AND "
      "status<>'ended'",
      "itt", patient, enrollment->department, enrollment->pathway);
}

void enrollment_move_all(struct care *care, int64_t from, int64_t to) {
  struct ids live;
  live_enrollments(care, from, &live);
  for (int i = 0; i < live.count; i++) {
    struct enrollment enrollment;
    if (!enrollment_load(care->store, live.list[i], &enrollment)) continue;
    if (twin_of(care, to, &enrollment)) enrollment_end(care, live.list[i], "merged");
    enrollment_deinit(&enrollment);
  }
  store_exec(care->store, "UPDATE enrollment SET patient=?2 WHERE patient=?1", "ii", from,
             to);
  store_exec(care->store, "UPDATE run SET patient=?2 WHERE patient=?1", "ii", from, to);
  store_exec(care->store, "UPDATE question SET patient=?2 WHERE patient=?1", "ii", from,
             to);
  store_exec(care->store, "UPDATE skip SET patient=?2 WHERE patient=?1", "ii", from, to);
  store_exec(care->store, "UPDATE due SET key=?2 WHERE key=?1", "ii", from, to);
}

static bool has_tier(struct care *care, const struct enrollment *enrollment) {
  struct value pathway =
      catalog_find(care->catalog, enrollment->department, "pathway", enrollment->pathway);
  struct value tier = value_field(&pathway, "tier");
  return value_true(&tier);
}

static bool is_complete(struct care *care, const struct enrollment *enrollment) {
  return !strcmp(enrollment->status, "active") && !enrollment->next_at &&
         !store_int(care->store, 0,
                    "SELECT 1 FROM run WHERE patient=?1 AND enrollment=?2 AND ended_at IS NULL LIMIT 1",
                    "ii", enrollment->patient, enrollment->id);
}

void enrollment_turned(struct care *care, int64_t id, int64_t patient) {
  struct enrollment enrollment;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  if (is_complete(care, &enrollment))
    enrollment_end(care, id, "completed");
  else if (!strcmp(enrollment.status, "active") && has_tier(care, &enrollment))
    due_add(care->store, DUE_EVENT, kernel_now(care->kernel), WORK_RETIER, id, patient);
  enrollment_deinit(&enrollment);
}

// WORK_RETIER: the tier function of the newest pathway decides; a change re-plans what is
// still to come.

struct retier {
  bool known;
  char *tier;
};

char *enrollment_evaluate_tier(struct care *care, const char *department,
                               const char *pathway, int64_t patient, int64_t enrollment,
                               int64_t event) {
  struct buf out = {0};
  struct status status = {0};
  struct value view;
  char *tier = NULL;
  if (!care->scripts.callback(care->scripts.self, department, pathway, NULL, "tier",
                              patient, enrollment, event, &out, &status) &&
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
  if (!strcmp(enrollment.status, "active"))
    retier->tier =
        enrollment_evaluate_tier(care, enrollment.department, enrollment.pathway,
                                 enrollment.patient, enrollment.id, enrollment.event);
  enrollment_deinit(&enrollment);
}

static void retier_apply(void *self, struct work *work) {
  struct care *care = self;
  struct retier *retier = work->prepared;
  struct enrollment enrollment;
  if (!retier->tier || !enrollment_load(care->store, work->ref, &enrollment)) return;
  if (!strcmp(enrollment.status, "active") && strcmp(enrollment.tier, retier->tier)) {
    enrollment.cursor_at = kernel_now(care->kernel);  // past points of the new grid are not made up
    store_exec(care->store, "UPDATE enrollment SET tier=?2, cursor_at=?3 WHERE id=?1", "iti",
               enrollment.id, retier->tier, enrollment.cursor_at);
    mem_free(enrollment.tier);
    enrollment.tier = mem_copy_text(retier->tier);
    plan_arm(care, &enrollment);
  }
  enrollment_deinit(&enrollment);
}

static void retier_release(void *self, struct work *work) {
  (void)self;
  struct retier *retier = work->prepared;
  mem_free(retier->tier);
  mem_free(retier);
}

static void plan_apply(void *self, struct work *work) {
  struct care *care = self;
  struct enrollment enrollment;
  if (!enrollment_load(care->store, work->ref, &enrollment)) return;
  if (!strcmp(enrollment.status, "active")) plan_advance(care, &enrollment);
  enrollment_deinit(&enrollment);
}

static const struct work_handler retier_handler = {
    .prepare = retier_prepare, .apply = retier_apply, .release = retier_release};
static const struct work_handler plan_handler = {.apply = plan_apply};

void enrollment_handlers(struct care *care) {
  kernel_handle(care->kernel, WORK_RETIER, &retier_handler, care);
  kernel_handle(care->kernel, WORK_PLAN, &plan_handler, care);
  happening_handlers(care);
}
