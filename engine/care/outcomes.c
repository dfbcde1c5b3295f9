// What happened outside becomes the outcome of the runs that wait for it (DESIGN.md "One
// outcome table").
#include <string.h>

#include "base/mem.h"
#include "care/commands.h"
#include "care/facts.h"
#include "care/ids.h"
#include "care/ladder.h"
#include "care/message.h"
#include "care/question.h"
#include "care/task.h"

#define LIVE "ended_at IS NULL"  // the partial index run_live

static void tell_all(struct care *care, struct ids *runs, const struct buf *value,
                     int64_t source) {
  struct value view;
  bool readable = value_read(buf_text(value), value->len, &view);
  for (int64_t run; ids_next(runs, &run);)
    if (readable) run_outcome_from(care->kernel, run, &view, source);
}

void commands_task_closed(struct care *care, int64_t task) {
  struct buf result = {0};
  struct ids runs = ids_read(store_query(
      care->store,
      "SELECT run.id FROM run JOIN task ON task.patient=run.patient WHERE task.id=?1 "
      "AND run." LIVE " AND wait='task' AND wait_ref=?1",
      "i", task));
  task_result(care, task, &result);
  tell_all(care, &runs, &result, task);
  ladder_task_closed(care, task);
  buf_deinit(&result);
}

void commands_event(struct care *care, int64_t patient, const char *kind, int64_t event) {
  struct buf body = {0};
  struct subject subject = {care, "", patient, 0, event};
  if (!kernel_heeds(care->kernel, kind)) return;
  struct ids runs = ids_read(store_query(care->store,
                                         "SELECT id FROM run WHERE patient=?1 AND " LIVE
                                         " AND wait='event' AND wait_label=?2",
                                         "it", patient, kind));
  if (runs.list.len) facts_field(&subject, "event", &body);
  tell_all(care, &runs, &body, event);
  buf_deinit(&body);
}

// Asks whose message went, or would go, to this person.
void commands_opted_out(struct care *care, const struct opting *opting) {
  struct ids runs = ids_read(store_query(
      care->store,
      "SELECT run.id FROM run WHERE patient=?1 AND " LIVE
      " AND wait IN ('ask','send') AND (?3 IS NULL OR run.department=?3) AND (?2=0 OR "
      "EXISTS "
      "(SELECT 1 FROM message WHERE message.run=run.id AND message.person=?2 AND "
      "(message.question=run.wait_ref OR message.id=run.wait_ref)))",
      "iit", opting->patient, opting->person, opting->department));
  for (int64_t run; ids_next(&runs, &run);)
    run_outcome(care->kernel, run, NULL, "opted-out");
}

// The deadline counts from the first moment the question could leave (SCRIPTING rule 3).
static void start_deadline(struct care *care, const struct run *run,
                           const struct settled *settled) {
  struct subject subject = {care, run->department, run->patient, run->enrollment, 0};
  struct status status = {0};
  int64_t at;
  if (run->due_at || !run->within) return;
  if (facts_time(&subject, run->within, 0, &at, &status)) return;
  run_deadline(care->kernel, run->id, at);
  if (at > settled->created_at + QUESTION_OPEN_MS)
    question_outlive(care, settled->question, at);
}

static void settle_ask(struct care *care, struct run *run, const struct settled *settled,
                       const char *outcome) {
  if (!strcmp(outcome, "accepted"))
    start_deadline(care, run, settled);
  else
    run_outcome_of(care->kernel, run, NULL, outcome);
}

static void settle_send(struct care *care, struct run *run, const char *outcome) {
  struct buf at = {0};
  struct value view;
  value_put_int(&at, kernel_now(care->kernel));
  value_read(at.data, at.len, &view);
  bool accepted = !strcmp(outcome, "accepted");
  run_outcome_of(care->kernel, run, accepted ? &view : NULL, accepted ? NULL : outcome);
  buf_deinit(&at);
}

// The first message of the send that is waited for: an earlier send of the same text may
// be of the same millisecond.
static int64_t first_of_send(const struct run *run) {
  return strcmp(run->wait, "send") ? 0 : run->wait_ref;
}

// The messages of one asking or sending were made together, by one command: an earlier
// rung's say nothing of this wait.
static bool is_of_wait(struct care *care, const struct run *run,
                       const struct settled *settled) {
  if (strcmp(settled->kind, run->wait) || strcmp(settled->name, run->wait_label) ||
      settled->message < first_of_send(run))
    return false;
  if (!strcmp(run->wait, "send") && run->wait_ref == settled->message) return true;
  return settled->created_at == store_int(care->store, 0,
                                          "SELECT max(created_at) FROM message WHERE "
                                          "patient=?1 AND run=?2 AND kind=?3 AND name=?4",
                                          "iitt", run->patient, run->id, settled->kind,
                                          settled->name);
}

// Sent on all channels at once: what one could not do, another may.
static bool others_may(struct care *care, const struct run *run,
                       const struct settled *settled) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM message WHERE patient=?1 AND run=?2 AND kind=?3 AND "
                   "created_at=?4 AND id<>?5 AND name=?6 AND id>=?7 AND status IN "
                   "('planned','held','in_flight','accepted','delivered') LIMIT 1",
                   "iitiiti", run->patient, run->id, settled->kind, settled->created_at,
                   settled->message, settled->name, first_of_send(run));
}

static void settle(struct care *care, struct run *run, const struct settled *settled,
                   const char *outcome) {
  if (!is_of_wait(care, run, settled)) return;
  if (strcmp(outcome, "accepted") && others_may(care, run, settled)) return;
  if (!strcmp(settled->kind, "ask") && run->wait_ref == settled->question)
    settle_ask(care, run, settled, outcome);
  else if (!strcmp(settled->kind, "send"))
    settle_send(care, run, outcome);
}

void message_settled(struct care *care, const struct settled *settled,
                     const char *outcome) {
  struct run run;
  if (!settled->run ||
      (settled->first && ladder_settled(care, settled->message, outcome)))
    return;  // its ladder knows what the run hears
  if (!run_load(care->store, settled->run, &run)) return;
  if (run.wait[0] && run.wait_label) settle(care, &run, settled, outcome);
  run_deinit(&run);
}
