#include "care/visit_move.h"

#include <string.h>

#include "base/mem.h"
#include "care/alert.h"
#include "care/case_lock.h"
#include "care/discharge_undo.h"
#include "care/enrollment.h"
#include "care/ids.h"
#include "care/message.h"
#include "care/proof.h"

static const char *const reason = "visit-moved";

// --- what the stay has begun for the wrong one

static struct ids events_of(struct care *care, int64_t patient, int64_t encounter) {
  return ids_read(store_query(care->store,
                              "SELECT id FROM event WHERE patient=?1 AND encounter=?2 "
                              "ORDER BY id DESC",
                              "ii", patient, encounter));
}

static void undo_events(struct care *care, const struct visit_move *move) {
  struct ids events = events_of(care, move->from, move->encounter);
  for (int64_t id; ids_next(&events, &id);) event_undo(care, move->from, id, reason);
}

// A watch that a reading set off asks the wrong one; an alert that it raised is the
// other's.
static void undo_reading(struct care *care, const struct visit_move *move,
                         int64_t event) {
  store_exec(care->store,
             "UPDATE alert SET patient=?2, enrollment=NULL, revision=revision+1 WHERE "
             "patient=?1 AND status<>'closed' AND run IN (SELECT id FROM run WHERE "
             "patient=?1 AND event=?3 AND kind='watch')",
             "iii", move->from, move->into, event);
  event_undo(care, move->from, event, reason);
}

static void move_readings(struct care *care, const struct visit_move *move) {
  struct ids events = ids_read(store_query(
      care->store,
      "SELECT event.id FROM observation o JOIN event ON event.patient=o.patient AND "
      "event.kind='observation:' || o.code AND event.at=o.at AND "
      "event.recorded_at=o.kept_at WHERE o.patient=?1 AND o.encounter=?2",
      "ii", move->from, move->encounter));
  for (int64_t id; ids_next(&events, &id);) {
    undo_reading(care, move, id);
    store_exec(care->store, "UPDATE event SET patient=?2 WHERE id=?1", "ii", id,
               move->into);
  }
  store_exec(care->store,
             "UPDATE observation SET patient=?3 WHERE patient=?1 AND encounter=?2", "iii",
             move->from, move->encounter, move->into);
}

// --- the rows

static void move_rows(struct care *care, const struct visit_move *move) {
  static const char *const moves[] = {
      "UPDATE event SET patient=?2 WHERE patient=?1 AND encounter=?3",
      "UPDATE clinical SET patient=?2 WHERE patient=?1 AND encounter=?3",
      "UPDATE case_file SET encounter=NULL, stay_sure=NULL WHERE patient=?1 AND ?2 AND "
      "encounter=?3",
      "INSERT INTO access (patient, department, since, reason) SELECT ?2, department, "
      "coalesce(discharged_at, admitted_at, updated_at, 0), 'stay' FROM encounter WHERE "
      "?1 AND id=?3 AND department IS NOT NULL ON CONFLICT DO NOTHING",
      "DELETE FROM access WHERE patient=?1 AND ?2 AND reason='stay' AND department="
      "(SELECT department FROM encounter WHERE id=?3) AND NOT EXISTS (SELECT 1 FROM "
      "encounter o WHERE o.patient=?1 AND o.id<>?3 AND o.department=access.department) "
      "AND NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.patient=?1 AND "
      "e.department=access.department AND e.status<>'ended')",
      "UPDATE encounter SET patient=?2 WHERE ?1 AND id=?3"};
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
    store_exec(care->store, moves[i], "iii", move->from, move->into, move->encounter);
}

static int64_t stay_with_number(struct care *care, const struct visit_move *move,
                                int64_t *patient) {
  struct stmt *row = store_query(care->store,
                                 "SELECT o.id, o.patient FROM encounter e JOIN encounter "
                                 "o ON o.visit=?2 AND o.source=e.source WHERE e.id=?1 "
                                 "AND o.id<>e.id",
                                 "it", move->encounter, move->visit);
  int64_t found = stmt_row(row) ? stmt_int(row, 0) : 0;
  *patient = found ? stmt_int(row, 1) : 0;
  stmt_done(row);
  return found;
}

// It was begun under its right number, too: that one stays, and is as the moved one was
// unless it is over itself.
static void absorb(struct care *care, int64_t encounter, int64_t other) {
  static const char *const moves[] = {
      "UPDATE encounter SET status=e.status, discharged_at=e.discharged_at, "
      "leaving=e.leaving FROM encounter e WHERE encounter.id=?2 AND e.id=?1 AND "
      "encounter.status<>'out'",
      "UPDATE encounter SET department=coalesce(encounter.department,e.department), "
      "ward=coalesce(encounter.ward,e.ward), doctor=coalesce(encounter.doctor,e.doctor), "
      "nurse=coalesce(encounter.nurse,e.nurse), "
      "admitted_at=coalesce(encounter.admitted_at,e.admitted_at), "
      "planned=coalesce(encounter.planned,e.planned), "
      "return_planned=coalesce(encounter.return_planned,e.return_planned) FROM encounter "
      "e WHERE encounter.id=?2 AND e.id=?1",
      "UPDATE event SET encounter=?2 WHERE encounter=?1",
      "UPDATE clinical SET encounter=?2 WHERE encounter=?1",
      "UPDATE observation SET encounter=?2 WHERE encounter=?1",
      "UPDATE enrollment SET encounter=?2 WHERE encounter=?1",
      "UPDATE case_file SET encounter=?2 WHERE encounter=?1",
      "UPDATE encounter SET status='cancelled' WHERE id=?1 AND ?2"};
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
    store_exec(care->store, moves[i], "ii", encounter, other);
}

static void number_it(struct care *care, const struct visit_move *move, int64_t other) {
  int64_t now = kernel_now(care->kernel);
  if (other)
    absorb(care, move->encounter, other);
  else
    store_exec(care->store, "UPDATE encounter SET visit=?2 WHERE id=?1", "it",
               move->encounter, move->visit);
  store_exec(care->store, "UPDATE encounter SET updated_at=?3 WHERE id=?1 OR id=?2",
             "iii", move->encounter, other, now);
  store_exec(care->store,
             "UPDATE patient SET revision=revision+1, updated_at=?3 WHERE id=?1 OR id=?2",
             "iii", move->from, move->into, now);
}

// --- who lies in a bed, and what begins

static void settle_bed(struct care *care, int64_t patient) {
  store_exec(care->store,
             "UPDATE patient SET inpatient=EXISTS (SELECT 1 FROM encounter WHERE "
             "patient=?1 AND status='in') WHERE id=?1",
             "i", patient);
  if (store_int(care->store, 0, "SELECT inpatient FROM patient WHERE id=?1", "i",
                patient))
    enrollment_pause_all(care, patient);
  else
    enrollment_resume_all(care, patient);
  message_wake_for_patient(care, patient);
}

// Ended when the stay was moved away; in place of an earlier one that this had let go on.
static void bring_back(struct care *care, int64_t patient, int64_t encounter) {
  struct ids ended = ids_read(store_query(
      care->store,
      "SELECT e.id FROM enrollment e JOIN patient p ON p.id=e.patient WHERE e.patient=?1 "
      "AND e.encounter=?2 AND e.ended_reason=?3 AND p.died_at IS NULL AND NOT EXISTS "
      "(SELECT 1 FROM enrollment l WHERE l.patient=e.patient AND "
      "l.department=e.department AND l.pathway=e.pathway AND l.status<>'ended' AND "
      "l.id>e.id)",
      "iit", patient, encounter, reason));
  for (int64_t id; ids_next(&ended, &id);) {
    int64_t earlier = store_int(
        care->store, 0,
        "SELECT l.id FROM enrollment e JOIN enrollment l ON l.patient=e.patient AND "
        "l.department=e.department AND l.pathway=e.pathway AND l.status<>'ended' WHERE "
        "e.id=?1",
        "i", id);
    if (earlier) enrollment_end(care, earlier, "restarted");
    store_exec(care->store,
               "UPDATE enrollment SET status='paused', paused_at=?2, ended_at=NULL, "
               "ended_reason=NULL WHERE id=?1",
               "ii", id, kernel_now(care->kernel));
  }
}

// The stay's newest coming or going, as if it had just been told of the right one.
static void tell_again(struct care *care, int64_t patient, int64_t encounter) {
  int64_t event = store_int(
      care->store, 0,
      "SELECT event.id FROM event JOIN encounter n ON n.id=event.encounter WHERE "
      "event.patient=?1 AND event.encounter=?2 AND event.kind=CASE n.status WHEN 'out' "
      "THEN 'discharge' ELSE 'admission' END ORDER BY event.id DESC LIMIT 1",
      "ii", patient, encounter);
  if (event) event_look_again(care, event);
}

static void begin_for_other(struct care *care, const struct visit_move *move,
                            int64_t encounter) {
  char *department = store_text(care->store,
                                "SELECT department FROM encounter WHERE id=?1 AND "
                                "status='out'",
                                "i", encounter);
  bring_back(care, move->into, encounter);
  settle_bed(care, move->from);
  settle_bed(care, move->into);
  tell_again(care, move->into, encounter);
  if (department) proof_discharged(care, move->into, department);
  mem_free(department);
}

static void audit(struct care *care, const struct visit_move *move) {
  struct buf object = {0}, detail = {0};
  buf_printf(&object, "encounter:%lld", (long long)move->encounter);
  buf_printf(&detail, "from patient %lld to patient %lld", (long long)move->from,
             (long long)move->into);
  care_audit(care, "event", "move-visit", object.data, detail.data);
  buf_deinit(&object);
  buf_deinit(&detail);
}

// Whoever died in it is dead, whatever number the stay has: nobody else may be thereby.
static int may_move(struct care *care, const struct visit_move *move, int64_t owner,
                    struct status *status) {
  if (owner && owner != move->into)
    return status_fail(status, ERR_CONFLICT,
                       "field \"visit\": a stay of this number is a third patient's; "
                       "check visit and patient.mrn");
  if (move->from != move->into &&
      store_int(care->store, 0, "SELECT 1 FROM encounter WHERE id=?1 AND leaving='death'",
                "i", move->encounter))
    return status_fail(status, ERR_CONFLICT,
                       "this stay ended with a death: it moves to nobody by a message; "
                       "find out who died");
  if (case_lock_patient(care, move->from, status) ||
      case_lock_patient(care, move->into, status))
    return status->code;
  return OK;
}

int visit_move(struct care *care, const struct visit_move *move, struct status *status) {
  int64_t owner, other = stay_with_number(care, move, &owner);
  if (may_move(care, move, owner, status)) return status->code;
  if (move->from != move->into) {
    undo_events(care, move);
    move_readings(care, move);
    move_rows(care, move);
  }
  number_it(care, move, other);
  if (move->from != move->into)
    begin_for_other(care, move, other ? other : move->encounter);
  audit(care, move);
  return OK;
}
