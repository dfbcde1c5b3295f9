// What happened outside becomes the outcome of the runs that wait for it (DESIGN.md "One
// outcome table").
#include <stdlib.h>
#include <string.h>

#include "care/commands.h"
#include "care/facts.h"
#include "care/message.h"
#include "care/question.h"
#include "care/task.h"

enum { WAITERS = 64 };

struct waiters {
  int64_t runs[WAITERS];
  int count;
};

static void collect(struct stmt *rows, struct waiters *out) {
  out->count = 0;
  while (out->count < WAITERS && stmt_row(rows))
    out->runs[out->count++] = stmt_int(rows, 0);
  stmt_done(rows);
}

static void find_waiters(struct care *care, int64_t patient, const char *wait,
                         int64_t ref, struct waiters *out) {
  collect(store_query(care->store,
                      "SELECT id FROM run WHERE patient=?1 AND ended_at IS NULL "
                      "AND wait=?2 AND wait_ref=?3",
                      "iti", patient, wait, ref),
          out);
}

void commands_task_closed(struct care *care, int64_t task) {
  struct waiters waiters;
  struct buf result = {0};
  struct value view;
  int64_t patient =
      store_int(care->store, 0, "SELECT patient FROM task WHERE id=?1", "i", task);
  find_waiters(care, patient, "task", task, &waiters);
  if (waiters.count && task_result(care, task, &result) &&
      value_read(result.data, result.len, &view))
    for (int i = 0; i < waiters.count; i++)
      run_outcome(care->kernel, waiters.runs[i], &view, NULL);
  buf_deinit(&result);
}

void commands_event(struct care *care, int64_t patient, const char *kind, int64_t event) {
  struct waiters waiters;
  struct buf body = {0};
  struct value view;
  collect(store_query(care->store,
                      "SELECT id FROM run WHERE patient=?1 AND ended_at IS NULL "
                      "AND wait='event' AND wait_label=?2",
                      "it", patient, kind),
          &waiters);
  if (!waiters.count) return;
  struct subject subject = {care, "", patient, 0, event};
  facts_field(&subject, "event", &body);
  if (value_read(buf_text(&body), body.len, &view))
    for (int i = 0; i < waiters.count; i++)
      run_outcome(care->kernel, waiters.runs[i], &view, NULL);
  buf_deinit(&body);
}

// Asks whose message went, or would go, to this person.
void commands_opted_out(struct care *care, int64_t patient, int64_t person) {
  struct waiters waiters;
  collect(store_query(
              care->store,
              "SELECT run.id FROM run WHERE patient=?1 AND ended_at IS NULL AND "
              "wait IN ('ask','send') AND (?2=0 OR EXISTS (SELECT 1 FROM message WHERE "
              "message.run=run.id AND message.person=?2 AND "
              "(message.question=run.wait_ref OR "
              "message.id=run.wait_ref)))",
              "ii", patient, person),
          &waiters);
  for (int i = 0; i < waiters.count; i++)
    run_outcome(care->kernel, waiters.runs[i], NULL, "opted-out");
}

// The deadline counts from the first moment the question could leave (SCRIPTING rule 3).
static void start_deadline(struct care *care, const struct run *run) {
  struct subject subject = {care, run->department, run->patient, run->enrollment, 0};
  struct status status = {0};
  int64_t at;
  if (run->due_at || !run->within) return;
  if (!facts_time(&subject, run->within, 0, &at, &status))
    run_deadline(care->kernel, run->id, at);
}

static void settle_ask(struct care *care, const struct run *run, const char *outcome) {
  if (!strcmp(outcome, "accepted"))
    start_deadline(care, run);
  else if (!run->due_at)
    run_outcome(care->kernel, run->id, NULL, outcome);
}

static void settle_send(struct care *care, const struct run *run, const char *outcome) {
  struct buf at = {0};
  struct value view;
  value_put_int(&at, kernel_now(care->kernel));
  value_read(at.data, at.len, &view);
  bool accepted = !strcmp(outcome, "accepted");
  run_outcome(care->kernel, run->id, accepted ? &view : NULL, accepted ? NULL : outcome);
  buf_deinit(&at);
}

struct settled {
  int64_t run, question;
  char kind[8];
};

static bool find_settled(struct care *care, int64_t message, struct settled *out) {
  struct stmt *row = store_query(
      care->store, "SELECT run, question, kind FROM message WHERE id=?1", "i", message);
  bool found = stmt_row(row) && !stmt_null(row, 0);
  if (found) {
    *out = (struct settled){.run = stmt_int(row, 0), .question = stmt_int(row, 1)};
    strncpy(out->kind, stmt_text(row, 2), sizeof out->kind - 1);
  }
  stmt_done(row);
  return found;
}

void message_settled(struct care *care, int64_t message, const char *outcome) {
  struct settled settled;
  struct run run;
  if (!find_settled(care, message, &settled) || !run_load(care->store, settled.run, &run))
    return;
  if (!strcmp(settled.kind, "ask") && !strcmp(run.wait, "ask") &&
      run.wait_ref == settled.question)
    settle_ask(care, &run, outcome);
  else if (!strcmp(settled.kind, "send") && !strcmp(run.wait, "send") &&
           run.wait_ref == message)
    settle_send(care, &run, outcome);
  run_deinit(&run);
}
