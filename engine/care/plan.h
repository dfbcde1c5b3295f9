// The planned future of an enrollment: its schedule, from its cursor on, in its tier.
#pragma once

#include "care/care.h"

struct enrollment {  // a row, as loaded; texts are owned
  int64_t id, patient, encounter, event, enrolled_at, anchor_at, cursor_at, next_at;
  int64_t kept_cursor;  // cursor_at as it stands in the row
  int64_t since;        // when its schedule changed last, 0: never
  char *department, *pathway, *tier;
  char *zone;  // the patient's own; NULL: the department's
  char status[8];
};

struct plan {                       // what schedule_next needs, ready to use
  const struct schedule *schedule;  // NULL: the pathway is gone
  struct schedule_plan plan;
};

struct ahead {  // a walk through what is still to come
  struct plan plan;
  struct schedule_cursor cursor;
  int64_t enrollment, ends;  // ends 0: the pathway doesn't say
  bool skips;                // a person has skipped some of it (skip.h)
};

// Of an active one, cursor_at is that of the newest schedule (replan.h).
bool enrollment_load(struct store *store, int64_t id, struct enrollment *out);
void enrollment_deinit(struct enrollment *enrollment);
// out keeps pointers into enrollment.
void plan_init(struct care *care, const struct enrollment *enrollment, struct plan *out);
// The first occurrence of a new enrollment as its next_at; false, and 0, when something
// of the plan is past already, or nothing is planned: then plan_late and plan_arm.
bool plan_first(struct care *care, struct enrollment *enrollment);
// When it is next due by the newest schedule, or ends; 0 when nothing is left.
int64_t plan_next(struct care *care, const struct enrollment *enrollment);
// Sets the enrollment's row in due to its next occurrence after the cursor; false when
// none is left.
bool plan_arm(struct care *care, struct enrollment *enrollment);
void plan_disarm(struct care *care, struct enrollment *enrollment);
// Begins or skips everything between the cursor and now.
void plan_meet(struct care *care, struct enrollment *enrollment);
// The same, and arms the next; the enrollment ends when nothing is left.
void plan_advance(struct care *care, struct enrollment *enrollment);
// The walk; what a person has skipped, and what is after the pathway's end, is left out.
// enrollment must outlive it.
void plan_ahead(struct care *care, const struct enrollment *enrollment,
                struct ahead *out);
bool plan_ahead_next(struct care *care, struct ahead *ahead,
                     struct schedule_occurrence *out);
// What was due when the patient came in (a list that comes days after discharge, a code
// that comes late) begins at once where an explicit valid_for reaches to now, of `every`
// the newest only; the rest is listed as skipped. True when something began.
bool plan_late(struct care *care, struct enrollment *enrollment);

// For those who meet occurrences.
enum {
  PAST_MOST = 400
};  // skipped occurrences listed one by one; a longer past is a broken clock
// A cursor before everything of its plan.
int64_t plan_before_all(const struct enrollment *enrollment);
// When the pathway says how long it lasts: that moment, else 0.
int64_t plan_ends_at(struct care *care, const struct enrollment *enrollment);
void plan_begin(struct care *care, const struct enrollment *enrollment,
                const struct schedule_step *step,
                const struct schedule_occurrence *occurrence);
void plan_skip(struct care *care, const struct enrollment *enrollment,
               const struct schedule_step *step,
               const struct schedule_occurrence *occurrence, const char *reason);
