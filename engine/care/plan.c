#include "care/plan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/canary.h"
#include "care/enrollment.h"
#include "care/replan.h"
#include "care/skip.h"
#include "care/task.h"

#define BACK_MS (INT64_C(36700) * CIVIL_DAY_MS)

bool enrollment_load(struct store *store, int64_t id, struct enrollment *out) {
  struct stmt *row = store_query(store,
                                 "SELECT id, patient, encounter, event, enrolled_at, "
                                 "anchor_at, cursor_at, next_at, department, "
                                 "pathway, tier, status, (SELECT zone FROM patient "
                                 "WHERE id=enrollment.patient), (SELECT since FROM "
                                 "replan WHERE department=enrollment.department) FROM "
                                 "enrollment WHERE id=?1",
                                 "i", id);
  bool found = stmt_row(row);
  if (found) {
    *out = (struct enrollment){.id = stmt_int(row, 0),
                               .patient = stmt_int(row, 1),
                               .encounter = stmt_int(row, 2),
                               .event = stmt_int(row, 3),
                               .enrolled_at = stmt_int(row, 4),
                               .anchor_at = stmt_int(row, 5),
                               .cursor_at = stmt_int(row, 6),
                               .next_at = stmt_int(row, 7),
                               .since = stmt_int(row, 13),
                               .department = mem_copy_text(stmt_text(row, 8)),
                               .pathway = mem_copy_text(stmt_text(row, 9)),
                               .tier = mem_copy_text(stmt_text(row, 10)),
                               .zone = mem_copy_text(stmt_text(row, 12))};
    strncpy(out->status, stmt_text(row, 11), sizeof out->status - 1);
    out->kept_cursor = out->cursor_at;
    out->cursor_at = replan_cursor(out, out->next_at);
  }
  stmt_done(row);
  return found;
}

void enrollment_deinit(struct enrollment *enrollment) {
  mem_free(enrollment->department);
  mem_free(enrollment->pathway);
  mem_free(enrollment->tier);
  mem_free(enrollment->zone);
  *enrollment = (struct enrollment){0};
}

// The department's contact windows, else the site's.
static const struct window *contact_windows(struct care *care, const char *department) {
  const struct window *own = catalog_contact(care->catalog, department);
  return own ? own : care->site->contact.count ? &care->site->contact : NULL;
}

// Definitions of the version that the enrollment follows.
static struct catalog *followed(struct care *care, const struct enrollment *enrollment) {
  struct canary_member member = {enrollment->department, enrollment->pathway,
                                 enrollment->event, enrollment->encounter};
  return canary_follows(care, &member) ? care->canaries : care->catalog;
}

void plan_init(struct care *care, const struct enrollment *enrollment, struct plan *out) {
  *out = (struct plan){
      .schedule = catalog_schedule(followed(care, enrollment), enrollment->department,
                                   enrollment->pathway),
      .plan = {.anchor_ms = enrollment->anchor_at,
               .enrolled_ms = enrollment->enrolled_at,
               .tier = enrollment->tier,
               .zone = care_zone_of(care, enrollment->zone, enrollment->department),
               .calendar = catalog_calendar(care->catalog, enrollment->department, NULL),
               .contact = contact_windows(care, enrollment->department)}};
}

void plan_disarm(struct care *care, struct enrollment *enrollment) {
  if (!enrollment->next_at) return;
  due_remove(care->kernel, DUE_PLAN, enrollment->next_at, WORK_PLAN, enrollment->id);
  enrollment->next_at = 0;
  store_exec(care->store, "UPDATE enrollment SET next_at=NULL WHERE id=?1", "i",
             enrollment->id);
}

int64_t plan_ends_at(struct care *care, const struct enrollment *enrollment) {
  struct value pathway = catalog_find(followed(care, enrollment), enrollment->department,
                                      "pathway", enrollment->pathway);
  struct value field = value_field(&pathway, "ends");
  struct status status = {0};
  struct span span;
  int64_t at = 0;
  char *text = value_copy_text(&field);
  if (!text || span_parse(text, &span, &status) ||
      span_add(enrollment->anchor_at, &span,
               care_zone_of(care, enrollment->zone, enrollment->department),
               catalog_calendar(care->catalog, enrollment->department, NULL), &at,
               &status))
    at = 0;
  mem_free(text);
  return at;
}

// What is due at enrollment may be before the anchor, and so is what counts back from it:
// a hundred years at most (base/span_text.c).
int64_t plan_before_all(const struct enrollment *enrollment) {
  int64_t first = enrollment->anchor_at;
  if (enrollment->enrolled_at && enrollment->enrolled_at < first)
    first = enrollment->enrolled_at;
  return first - BACK_MS;
}

bool plan_first(struct care *care, struct enrollment *enrollment) {
  struct plan plan;
  struct status status = {0};
  struct schedule_occurrence next;
  struct schedule_cursor cursor = {plan_before_all(enrollment), SIZE_MAX};
  plan_init(care, enrollment, &plan);
  int64_t ends = plan_ends_at(care, enrollment);
  if (!plan.schedule ||
      schedule_next(plan.schedule, &plan.plan, &cursor, &next, &status) ||
      next.due_ms <= enrollment->cursor_at || (ends && ends <= next.due_ms))
    return false;
  enrollment->next_at = next.due_ms;
  return true;
}

int64_t plan_next(struct care *care, const struct enrollment *enrollment) {
  struct plan plan;
  struct status status = {0};
  struct schedule_occurrence next;
  struct schedule_cursor cursor = {enrollment->cursor_at, SIZE_MAX};
  plan_init(care, enrollment, &plan);
  int64_t ends = plan_ends_at(care, enrollment);
  bool more =
      plan.schedule && !schedule_next(plan.schedule, &plan.plan, &cursor, &next, &status);
  if (!more && ends <= kernel_now(care->kernel)) return 0;
  return more && (!ends || next.due_ms < ends) ? next.due_ms : ends;
}

// One statement sets the row: in between, it would be one with nothing ahead.
bool plan_arm(struct care *care, struct enrollment *enrollment) {
  int64_t next = plan_next(care, enrollment), before = enrollment->next_at;
  if (before) due_remove(care->kernel, DUE_PLAN, before, WORK_PLAN, enrollment->id);
  enrollment->next_at = next;
  store_exec(care->store, "UPDATE enrollment SET next_at=?2 WHERE id=?1", "iI",
             enrollment->id, next);
  if (!next) return false;
  due_add(care->kernel, DUE_PLAN, enrollment->next_at, WORK_PLAN, enrollment->id,
          enrollment->patient);
  return true;
}

void plan_skip(struct care *care, const struct enrollment *enrollment,
               const struct schedule_step *step,
               const struct schedule_occurrence *occurrence, const char *reason) {
  store_exec(care->store,
             "INSERT INTO skip (enrollment, patient, step, day, due_at, at, reason) "
             "VALUES (?1,?2,?3,?4,?5,?6,?7)",
             "iittiit", enrollment->id, enrollment->patient, step->id, occurrence->key,
             occurrence->due_ms, kernel_now(care->kernel), reason);
}

static void give_to_role(struct care *care, const struct enrollment *enrollment,
                         const struct schedule_step *step) {
  struct status status = {0};
  struct buf name = {0};
  buf_printf(&name, "missed-%s", step->id);
  task_open(care,
            &(struct task_spec){.patient = enrollment->patient,
                                .enrollment = enrollment->id,
                                .department = enrollment->department,
                                .name = name.data,
                                .role = step->missed,
                                .note = "came due while it could not begin; too late now",
                                .due_at = task_due(care, enrollment->department,
                                                   step->missed, "1bd", &status)});
  buf_deinit(&name);
}

void plan_begin(struct care *care, const struct enrollment *enrollment,
                const struct schedule_step *step,
                const struct schedule_occurrence *occurrence) {
  run_start(care->kernel,
            &(struct run_spec){.patient = enrollment->patient,
                               .enrollment = enrollment->id,
                               .bundle = catalog_bundle(followed(care, enrollment),
                                                        enrollment->department),
                               .scheduled_at = occurrence->due_ms,
                               .valid_until = occurrence->valid_until_ms,
                               .department = enrollment->department,
                               .pathway = enrollment->pathway,
                               .kind = "step",
                               .name = step->id,
                               .day = occurrence->key});
}

static void meet(struct care *care, const struct enrollment *enrollment,
                 const struct schedule_step *step,
                 const struct schedule_occurrence *occurrence) {
  int64_t now = kernel_now(care->kernel);
  char reason[SKIP_REASON];
  if (skip_meet(care->store, enrollment->id, step->id, occurrence->key,
                occurrence->due_ms, reason)) {
    plan_skip(care, enrollment, step, occurrence, reason);
  } else if (!occurrence->valid_until_ms || now < occurrence->valid_until_ms) {
    plan_begin(care, enrollment, step, occurrence);
  } else {
    plan_skip(care, enrollment, step, occurrence, "too-late");
    if (step->missed) give_to_role(care, enrollment, step);
  }
}

void plan_meet(struct care *care, struct enrollment *enrollment) {
  struct plan plan;
  struct status status = {0};
  struct schedule_occurrence next;
  struct schedule_cursor cursor = {enrollment->cursor_at, SIZE_MAX};
  int64_t now = kernel_now(care->kernel);
  int count = 0;
  plan_init(care, enrollment, &plan);
  while (plan.schedule && count++ < PAST_MOST &&
         !schedule_next(plan.schedule, &plan.plan, &cursor, &next, &status) &&
         next.due_ms <= now)
    meet(care, enrollment, &plan.schedule->steps[next.step], &next);
  if (count > PAST_MOST)
    log_line(LOG_LEVEL_ERROR, "plan.overrun", "enrollment=%lld skipped_more_than=%d",
             (long long)enrollment->id, PAST_MOST);
  enrollment->cursor_at = now;
  store_exec(care->store, "UPDATE enrollment SET cursor_at=?2 WHERE id=?1", "ii",
             enrollment->id, now);
}

void plan_advance(struct care *care, struct enrollment *enrollment) {
  plan_meet(care, enrollment);
  int64_t ends = plan_ends_at(care, enrollment);
  if (ends && ends <= kernel_now(care->kernel))
    enrollment_end(care, enrollment->id, "completed");
  else if (!plan_arm(care, enrollment))
    enrollment_turned(care, enrollment->id, enrollment->patient);
}
