// Deaths, births that ended badly, two numbers for one person, new numbers.
#include <string.h>

#include "base/mem.h"
#include "care/case_lock.h"
#include "care/enrollment.h"
#include "care/event_apply.h"
#include "care/identity.h"
#include "care/mapping.h"
#include "care/message.h"
#include "care/patient.h"
#include "care/task.h"
#include "care/visit_move.h"

static int64_t other_person(struct event_in *event, const char *field) {
  struct value map = value_field(&event->body, field), mrn = value_field(&map, "mrn");
  char *text = value_copy_text(&mrn);
  int64_t patient = text ? patient_by_mrn(event->care, text) : 0;
  mem_free(text);
  return patient;
}

// The mother's programmes stop in the same commit as the child's (WARD 3). She lives: her
// alerts stay, and what the ward does next is a person's task.
static void stop_mother(struct event_in *event, int64_t mother) {
  struct care *care = event->care;
  enrollment_end_all(care, mother, "birth-loss");
  message_cancel_for_patient(care, mother, "birth-loss");
  task_withdraw_for_patient(care, mother, "birth-loss");
  event->patient = mother;
  event_tell(event, "birth-loss", NULL);
}

int event_death(struct event_in *event) {
  int64_t dead = event->patient, mother = other_person(event, "mother");
  patient_died(event->care, dead, event->at, event->row->source);
  if (mother && mother != dead) stop_mother(event, mother);
  event->patient = dead;
  return OK;
}

int event_birth_loss(struct event_in *event) {
  int64_t child = other_person(event, "child");
  if (child && child != event->patient)
    patient_died(event->care, child, event->at, event->row->source);
  stop_mother(event, event->patient);
  return OK;
}

int event_contact(struct event_in *event) {
  message_wake_for_patient(event->care, event->patient);
  return OK;
}

static int64_t patient_named(struct event_in *event, const char *field, char **mrn) {
  struct value merge = value_field(&event->body, "merge"),
               text = value_field(&merge, field);
  *mrn = value_copy_text(&text);
  return *mrn ? patient_by_mrn(event->care, *mrn) : 0;
}

// A number that nobody has yet becomes another number of the one that is known.
// Records that are locked are nobody else's, either.
static int may_merge(struct event_in *event, int64_t from, int64_t into) {
  return case_lock_patient(event->care, from, event->status) ||
                 case_lock_patient(event->care, into, event->status)
             ? event->status->code
             : OK;
}

int event_merge(struct event_in *event) {
  char *from_mrn, *into_mrn;
  int code = OK;
  int64_t from = patient_named(event, "from_mrn", &from_mrn),
          into = patient_named(event, "into_mrn", &into_mrn);
  if (!from && !into)
    code = status_fail(event->status, ERR_NOT_FOUND,
                       "fields \"merge.from_mrn\" and \"merge.into_mrn\": neither is "
                       "known here; send the patients first");
  else if (!from || !into)
    identity_add(event->care->store, from ? from : into, "mrn",
                 from ? into_mrn : from_mrn, from ? 1 : 2, NULL);
  else if (from != into && !(code = may_merge(event, from, into)))
    patient_merge(event->care, from, into);
  event->patient = into ? into : from;
  mem_free(from_mrn);
  mem_free(into_mrn);
  return code;
}

// Both have their numbers again with it, so that the other one is found by the first.
int event_unmerge(struct event_in *event) {
  char *from_mrn, *into_mrn;
  patient_named(event, "from_mrn", &from_mrn);
  int64_t into = patient_named(event, "into_mrn", &into_mrn), gone;
  int code = into ? may_merge(event, into, into) : OK;
  if (!code) code = patient_unmerge(event->care, from_mrn, into, &gone, event->status);
  event->patient = into;
  mem_free(from_mrn);
  mem_free(into_mrn);
  return code;
}

static int64_t stay_numbered(struct event_in *event, const char *visit,
                             int64_t *patient) {
  struct stmt *row = store_query(event->care->store,
                                 "SELECT id, patient FROM encounter WHERE visit=?1 AND "
                                 "status<>'cancelled' ORDER BY source=?2 DESC, id DESC",
                                 "tt", visit, event->row->source);
  int64_t found = stmt_row(row) ? stmt_int(row, 0) : 0;
  *patient = found ? stmt_int(row, 1) : 0;
  stmt_done(row);
  return found;
}

// Told twice, it has moved already.
static bool has_moved(struct event_in *event) {
  int64_t owner;
  return stay_numbered(event, event->visit, &owner) && owner == event->patient;
}

static int move_stay(struct event_in *event, const char *visit, int64_t from) {
  struct visit_move move = {.from = from, .into = event->patient, .visit = event->visit};
  int64_t owner;
  move.encounter = stay_numbered(event, visit, &owner);
  event->encounter = move.encounter;
  if (move.encounter && owner == from)
    return visit_move(event->care, &move, event->status);
  if (has_moved(event)) return OK;
  if (!move.encounter)
    return status_fail(event->status, ERR_NOT_FOUND,
                       "field \"move.from_visit\": no stay has this number; send the "
                       "stay first");
  return status_fail(event->status, ERR_CONFLICT,
                     "field \"move.from_mrn\": the stay is not this patient's; check "
                     "from_visit and from_mrn");
}

int event_move_visit(struct event_in *event) {
  struct value map = value_field(&event->body, "move"),
               number = value_field(&map, "from_mrn"),
               visit = value_field(&map, "from_visit");
  char *mrn = value_copy_text(&number), *from_visit = value_copy_text(&visit);
  int64_t from = patient_by_mrn(event->care, mrn);
  int code = from ? move_stay(event, from_visit ? from_visit : event->visit, from)
                  : status_fail(event->status, ERR_NOT_FOUND,
                                "field \"move.from_mrn\": no patient has this number");
  mem_free(mrn);
  mem_free(from_visit);
  return code;
}
