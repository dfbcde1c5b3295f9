#include "care/discharge_undo.h"

#include "care/enrollment.h"
#include "care/ids.h"
#include "care/message.h"
#include "care/question.h"
#include "care/task.h"

// What the event asks for: its evaluation, or the head nurse's decision.
static void forget(struct care *care, int64_t patient, int64_t event,
                   const char *reason) {
  int64_t at =
      store_int(care->store, 0, "SELECT recorded_at FROM event WHERE id=?1", "i", event);
  due_remove(care->kernel, DUE_EVENT, at, WORK_EVENT, event);
  task_withdraw_named(care, patient, "decide-follow-up", at, reason);
}

// Ended in the commit that began the one which should never have been.
static int64_t restarted_by(struct care *care, int64_t enrollment) {
  return store_int(
      care->store, 0,
      "SELECT o.id FROM enrollment e JOIN enrollment o ON o.patient=e.patient AND"
      " o.department=e.department AND o.pathway=e.pathway AND o.ended_at=e.enrolled_at"
      " AND o.ended_reason='restarted' WHERE e.id=?1 AND NOT EXISTS (SELECT 1 FROM"
      " enrollment l WHERE l.patient=e.patient AND l.department=e.department AND"
      " l.pathway=e.pathway AND l.status<>'ended')",
      "i", enrollment);
}

static void bring_back(struct care *care, int64_t enrollment) {
  store_exec(care->store,
             "UPDATE enrollment SET status='paused', paused_at=?2, ended_at=NULL,"
             " ended_reason=NULL WHERE id=?1 AND (SELECT died_at FROM patient WHERE"
             " patient.id=enrollment.patient) IS NULL",
             "ii", enrollment, kernel_now(care->kernel));
}

static void end_enrollments(struct care *care, int64_t patient, int64_t event,
                            const char *reason) {
  struct ids begun = ids_read(
      store_query(care->store, "SELECT id FROM enrollment WHERE patient=?1 AND event=?2",
                  "ii", patient, event));
  for (int64_t id; ids_next(&begun, &id);) {
    enrollment_end(care, id, reason);
    int64_t earlier = restarted_by(care, id);
    if (earlier) bring_back(care, earlier);
  }
}

static void leave_questions(struct care *care, int64_t patient, int64_t run,
                            const char *reason) {
  struct ids open = ids_read(
      store_query(care->store,
                  "SELECT id FROM question WHERE patient=?1 AND run=?2 AND status='open'",
                  "ii", patient, run));
  for (int64_t id; ids_next(&open, &id);) question_leave(care, id, run, reason);
}

// Watches in files of their own, whose subject is the patient, and those of a pathway
// that the event did not begin.
static void end_watches(struct care *care, int64_t patient, int64_t event,
                        const char *reason) {
  struct ids runs =
      ids_read(store_query(care->store,
                           "SELECT id FROM run WHERE patient=?1 AND kind='watch' AND"
                           " event=?2 AND ended_at IS NULL",
                           "ii", patient, event));
  for (int64_t id; ids_next(&runs, &id);) {
    run_finish(care->kernel, id, "ended", reason, NULL);
    leave_questions(care, patient, id, reason);
    message_cancel_for_run(care, id, reason);
    task_withdraw_for_run(care, id, reason);
  }
}

void event_undo(struct care *care, int64_t patient, int64_t event, const char *reason) {
  forget(care, patient, event, reason);
  end_enrollments(care, patient, event, reason);
  end_watches(care, patient, event, reason);
}

void discharge_undo(struct care *care, int64_t patient, int64_t encounter) {
  struct ids events =
      ids_read(store_query(care->store,
                           "SELECT id FROM event WHERE patient=?1 AND encounter=?2 AND "
                           "kind='discharge' ORDER BY id DESC",
                           "ii", patient, encounter));
  for (int64_t id; ids_next(&events, &id);)
    event_undo(care, patient, id, "discharge-cancelled");
}
