// What a result code needs before it is taken, and what follows from it.
#include <string.h>

#include "base/mem.h"
#include "care/alert.h"
#include "care/patient.h"
#include "care/task_inbox.h"
#include "care/task_lost.h"

static bool code_is(const struct result *result, const char *code) {
  return strcmp(result->code->code, code) == 0;
}

static int need_later(struct care *care, const struct result *result,
                      struct status *status) {
  if (task_is(&result->task, "held"))
    return status_fail(
        status, ERR_CONFLICT,
        "this task is held while the patient is in hospital; release it or "
        "close it as readmitted (已再入院)");
  if (result->at > kernel_now(care->kernel)) return OK;
  return status_fail(
      status, ERR_INVALID,
      "call-later (约时再拨) needs field \"at\", the time that was agreed, "
      "in the future");
}

static int need_post(struct care *care, const struct result *result,
                     struct status *status) {
  (void)care;
  if (result->to && *result->to) return OK;
  return status_fail(status, ERR_INVALID,
                     "transfer (转办) needs field \"to\", the post that takes over");
}

static int need_head_nurse(struct care *care, const struct result *result,
                           struct status *status) {
  if (duty_holds(care, result->task.department, "head-nurse", result->staff)) return OK;
  return status_fail(
      status, ERR_CONFLICT,
      "not-done (未做:人力不足) is for whoever holds the post head-nurse now; "
      "ask them to close the task");
}

static int need_attempts(struct care *care, const struct result *result,
                         struct status *status) {
  return lost_check(care, result->task.patient, result->task.department, status);
}

static int need_patient(struct care *care, const struct result *result,
                        struct status *status) {
  (void)care;
  if (result->task.patient) return OK;
  return status_fail(status, ERR_INVALID,
                     "this task belongs to no patient, so its result can't be %s",
                     result->code->code);
}

static void mark_number(struct care *care, const struct result *result) {
  struct buf by = {0};
  if (!result->identity) return;
  buf_printf(&by, "%s (%s)", result->code->en, result->staff);
  contact_number_wrong(care, result->task.patient, 0, result->identity, by.data);
  buf_deinit(&by);
}

// Whoever was rung speaks for that person alone (WARD 7).
static void opt_out(struct care *care, const struct result *result) {
  int64_t person = result->identity ? store_int(care->store, 0,
                                                "SELECT person FROM identity WHERE id=?1",
                                                "i", result->identity)
                                    : 0;
  patient_opt_out(
      care, &(struct opting){
                .patient = result->task.patient, .person = person, .by = result->staff});
}

static void die(struct care *care, const struct result *result) {
  patient_died(care, result->task.patient,
               result->at ? result->at : kernel_now(care->kernel), result->staff);
}

static void lose(struct care *care, const struct result *result) {
  lost_set(care, result->task.patient, result->staff);
}

static const struct {
  const char *code;
  int (*check)(struct care *care, const struct result *result, struct status *status);
  void (*follow)(struct care *care, const struct result *result);
} rules[] = {
    {"call-later", need_later, NULL},    {"transfer", need_post, NULL},
    {"not-done", need_head_nurse, NULL}, {"lost", need_attempts, lose},
    {"void", need_patient, mark_number}, {"wrong-person", need_patient, mark_number},
    {"refused", need_patient, opt_out},  {"deceased", need_patient, die},
    {"language", need_patient, NULL},
};

int result_check(struct care *care, const struct result *result, struct status *status) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (code_is(result, rules[i].code)) return rules[i].check(care, result, status);
  return OK;
}

void result_follow(struct care *care, const struct result *result) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (code_is(result, rules[i].code) && rules[i].follow) rules[i].follow(care, result);
}

static void add_note(struct care *care, const struct task *task, const char *note) {
  store_exec(care->store,
             "UPDATE task SET note=CASE WHEN coalesce(note,'')='' THEN ?2 ELSE"
             " note || '; ' || ?2 END, revision=revision+1 WHERE id=?1",
             "it", task->id, note);
}

static void move(struct care *care, struct task *task, const char *role) {
  store_exec(care->store, "UPDATE task SET role=?2, moved_to=?2 WHERE id=?1", "it",
             task->id, role);
}

static void ring_later(struct care *care, struct result *result) {
  alert_close_for_task(care, result->task.id, "rings again at the agreed time");
  task_set_due(care, &result->task, result->at);
}

// No failed try: it goes on, to somebody who speaks the patient's dialect.
static void change_language(struct care *care, struct result *result) {
  struct buf note = {0};
  char *dialect = store_text(care->store, "SELECT dialect FROM patient WHERE id=?1", "i",
                             result->task.patient);
  buf_printf(&note, "dialect: %s", dialect ? dialect : "unknown");
  add_note(care, &result->task, note.data);
  if (result->to && *result->to) move(care, &result->task, result->to);
  mem_free(dialect);
  buf_deinit(&note);
}

static bool is_awaited(struct care *care, const struct task *task) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM run WHERE patient=?1 AND ended_at IS NULL AND "
                   "wait='task' AND wait_ref=?2",
                   "ii", task->patient, task->id);
}

bool result_moves(struct care *care, struct result *result) {
  if (code_is(result, "call-later"))
    ring_later(care, result);
  else if (code_is(result, "language"))
    change_language(care, result);
  else if (code_is(result, "transfer") && !is_awaited(care, &result->task))
    move(care, &result->task, result->to);
  else
    return false;
  if (result->note) add_note(care, &result->task, result->note);
  task_unclaim(care, &result->task);
  return true;
}
