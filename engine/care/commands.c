#include "care/commands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/span.h"
#include "care/alert.h"
#include "care/case.h"
#include "care/case_clock.h"
#include "care/case_desk.h"
#include "care/enrollment.h"
#include "care/event_wait.h"
#include "care/facts.h"
#include "care/ladder.h"
#include "care/mapping.h"
#include "care/quality_draw.h"
#include "care/question.h"
#include "care/sending.h"
#include "care/task.h"
#include "care/task_draft.h"

enum { RECORD_IS_COMMAND = 1 };

struct command {  // one command of a turn, its texts owned
  struct care *care;
  struct run *run;
  char *label;
  struct value args;
};

static char *arg_text(const struct command *command, const char *key) {
  struct value field = value_field(&command->args, key);
  return value_copy_text(&field);
}

static bool is_job(const struct run *run) { return !strcmp(run->kind, "job"); }

static struct subject subject_of(const struct command *command) {
  const struct run *run = command->run;
  return (struct subject){command->care, run->department,
                          run->patient,  run->enrollment,
                          run->event,    is_job(run) ? run->name : NULL};
}

static struct sending sending_of(const struct command *command, const char *kind,
                                 int64_t question) {
  return (struct sending){command->run, kind, command->label, question, &command->args};
}

static void apply_ask(const struct command *command) {
  char *within = arg_text(command, "within");
  struct value fields = value_field(&command->args, "fields"),
               offered = value_field(&command->args, "options"),
               via = value_field(&command->args, "via");
  int64_t question = question_open(command->care, command->run, command->label,
                                   fields.kind == VALUE_MAP ? &fields : NULL,
                                   offered.kind == VALUE_MAP ? &offered : NULL);
  ladder_close(command->care, question, LADDER_ASKED_AGAIN);
  run_wait(command->care->kernel, command->run,
           &(struct run_wait){.kind = "ask",
                              .ref = question,
                              .label = command->label,
                              .within = within ? within : "3d"});
  char *pauses = arg_text(command, "pauses");
  if (pauses && case_is(command->care, command->run->enrollment))
    case_clock_pause(command->care, command->run->enrollment, question, pauses);
  free(pauses);
  struct sending sending = sending_of(command, "ask", question);
  if (ladder_wanted(&via))
    ladder_start(command->care, &sending);
  else
    sending_plan_all(command->care, &sending);
  free(within);
}

// A send is known by its first message; one by rungs waits for its ladder.
static void apply_send(const struct command *command) {
  struct sending sending = sending_of(command, "send", 0);
  struct value via = value_field(&command->args, "via");
  bool rungs = ladder_wanted(&via);
  int64_t message = rungs ? 0 : sending_plan_all(command->care, &sending);
  run_wait(command->care->kernel, command->run,
           &(struct run_wait){.kind = "send", .ref = message, .label = command->label});
  if (rungs) ladder_start(command->care, &sending);
}

static int64_t task_due_of(const struct command *command, const char *role) {
  struct status status = {0};
  struct value due = value_field(&command->args, "due");
  if (due.kind == VALUE_INT) return due.integer;
  if (due.kind == VALUE_REAL) return (int64_t)due.real;
  char *span = value_copy_text(&due);
  int64_t at =
      span ? task_due(command->care, command->run->department, role, span, &status) : 0;
  free(span);
  return at;
}

static int64_t find_task(const struct command *command) {
  struct store *store = command->care->store;
  int64_t id = store_int(
      store, 0, "SELECT id FROM task WHERE run=?1 AND name=?2 ORDER BY id DESC LIMIT 1",
      "it", command->run->id, command->label);
  if (id) return id;
  return store_int(store, 0,
                   "SELECT id FROM task WHERE patient=?1 AND enrollment IS ?2 AND "
                   "name=?3 ORDER BY id DESC LIMIT 1",
                   "iIt", command->run->patient, command->run->enrollment,
                   command->label);
}

static void apply_task(const struct command *command) {
  char *role = arg_text(command, "role"), *form = arg_text(command, "form"),
       *note = arg_text(command, "note");
  struct task_spec spec = {
      .patient = command->run->patient,
      .enrollment = command->run->enrollment,
      .run = command->run->id,
      .question = form ? question_join(command->care, command->run, form) : 0,
      .department = command->run->department,
      .name = command->label,
      .role = role ? role : "nurse",
      .form = form,
      .note = note,
      .due_at = task_due_of(command, role ? role : "nurse")};
  bool asked = case_joint_asked(command->care, spec.run, spec.enrollment, spec.name);
  int64_t task = asked ? find_task(command) : task_open(command->care, &spec);
  char *draft = arg_text(command, "draft");
  struct value fields = value_field(&command->args, "fields");
  if (draft) task_draft_set(command->care, task, draft, &fields);
  free(draft);
  free(role);
  free(form);
  free(note);
}

static void wait_within(const struct command *command, const char *wait, int64_t ref) {
  struct subject subject = subject_of(command);
  struct status status = {0};
  char *within = arg_text(command, "within");
  int64_t at = 0;
  if (within && facts_time(&subject, within, 0, &at, &status)) at = 0;
  run_wait(command->care->kernel, command->run,
           &(struct run_wait){.kind = wait,
                              .ref = ref,
                              .until = at,
                              .label = command->label,
                              .within = within});
  free(within);
}

static void wait_task(const struct command *command) {
  int64_t task = find_task(command);
  struct buf result = {0};
  wait_within(command, "task", task);
  if (task && task_result(command->care, task, &result))
    commands_task_closed(command->care, task);
  buf_deinit(&result);
}

static void event_value(struct care *care, int64_t patient, int64_t event,
                        struct buf *out) {
  struct subject subject = {care, "", patient, 0, event};
  facts_field(&subject, "event", out);
}

static void give_event(struct care *care, int64_t run, int64_t patient, int64_t event) {
  struct buf body = {0};
  struct value view;
  event_value(care, patient, event, &body);
  if (value_read(buf_text(&body), body.len, &view))
    run_outcome_from(care->kernel, run, &view, event);
  buf_deinit(&body);
}

static void wait_event(const struct command *command) {
  const struct run *run = command->run;
  int64_t event = event_wait_next(command->care, run, command->label);
  wait_within(command, "event", 0);
  if (event) give_event(command->care, run->id, run->patient, event);
}

static void wait_time(const struct command *command) {
  struct value at = value_field(&command->args, "at");
  int64_t now = kernel_now(command->care->kernel), until = value_int_or(&at, now);
  run_wait(
      command->care->kernel, command->run,
      &(struct run_wait){
          .kind = "time", .until = until > now ? until : now, .label = command->label});
}

static void apply_wait(const struct command *command) {
  struct value kind = value_field(&command->args, "kind");
  if (value_is(&kind, "task"))
    wait_task(command);
  else if (value_is(&kind, "event"))
    wait_event(command);
  else
    wait_time(command);
}

static void apply_alert(const struct command *command) {
  char *level = arg_text(command, "level"), *reason = arg_text(command, "reason");
  alert_open(command->care, &(struct alert_spec){.patient = command->run->patient,
                                                 .enrollment = command->run->enrollment,
                                                 .run = command->run->id,
                                                 .department = command->run->department,
                                                 .name = command->label,
                                                 .level = level ? level : "soon",
                                                 .reason = reason});
  free(level);
  free(reason);
}

static void apply_set(const struct command *command) {
  struct subject subject = subject_of(command);
  struct value value = value_field(&command->args, "value");
  facts_set(&subject, command->label, &value);
}

// A job's notes are of no patient: its run keeps them (job_run.c).
static void apply_note(const struct command *command) {
  if (is_job(command->run)) return;
  store_exec(
      command->care->store,
      "INSERT INTO note (patient, enrollment, run, at, text) VALUES (?1,?2,?3,?4,?5)",
      "iIiit", command->run->patient, command->run->enrollment, command->run->id,
      kernel_now(command->care->kernel), command->label);
}

static void apply_keep(const struct command *command) {
  const struct run *run = command->run;
  struct value score = value_field(&command->args, "score"),
               probability = value_field(&command->args, "probability");
  char *version = arg_text(command, "version"), *level = arg_text(command, "level");
  struct buf body = {0};
  if (score.kind == VALUE_NIL) score = probability;
  value_put(&body, &command->args);
  store_exec(command->care->store,
             "INSERT INTO score (patient, enrollment, run, department, name, version, at,"
             " value, level, body) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
             "iIitttidtb", run->patient, run->enrollment, run->id, run->department,
             command->label, version ? version : "", kernel_now(command->care->kernel),
             score.kind == VALUE_NIL ? NAN : value_real_or(&score, 0), level, body.data,
             body.len);
  buf_deinit(&body);
  free(version);
  free(level);
}

// What the department's work of the last month is heard and read of.
static void apply_sample(const struct command *command) {
  char *role = arg_text(command, "role"), *form = arg_text(command, "form"),
       *reply_form = arg_text(command, "reply_form"), *due = arg_text(command, "due");
  struct buf job = {0};
  struct status status = {0};
  buf_printf(&job, "job:%s", command->run->name);
  struct quality_draw draw = {.care = command->care,
                              .department = command->run->department,
                              .role = role,
                              .staff = buf_text(&job),
                              .form = form,
                              .reply_form = reply_form,
                              .due = due};
  if (!quality_month(&draw, NULL, &status)) quality_draw_all(&draw);
  buf_deinit(&job);
  free(role);
  free(form);
  free(reply_form);
  free(due);
}

static void apply_stop(const struct command *command) {
  if (command->run->enrollment)
    enrollment_end(command->care, command->run->enrollment, command->label);
}

static void apply_met(const struct command *command) {
  case_clock_met(command->care, command->run->enrollment, command->label);
}

static void apply_link(const struct command *command) {
  case_link(command->care, command->run->enrollment, &command->args);
}

// Without a level there was none left: nothing happens.
static void apply_reopen(const struct command *command) {
  struct value level = value_field(&command->args, "level");
  if (level.kind == VALUE_INT)
    case_reopen(command->care, command->run->enrollment, command->label);
}

static void apply_close(const struct command *command) {
  case_close(command->care, command->run->enrollment, command->label);
}

static const struct {
  const char *op;
  void (*apply)(const struct command *command);
} ops[] = {{"ask", apply_ask},     {"send", apply_send},    {"task", apply_task},
           {"wait", apply_wait},   {"alert", apply_alert},  {"set", apply_set},
           {"note", apply_note},   {"keep", apply_keep},    {"stop", apply_stop},
           {"met", apply_met},     {"link", apply_link},    {"reopen", apply_reopen},
           {"close", apply_close}, {"sample", apply_sample}};

static void apply_record(struct care *care, struct run *run, const struct value *record) {
  struct value kind = value_at(record, 0), op = value_at(record, 1),
               label = value_at(record, 2);
  if (value_int_or(&kind, 0) != RECORD_IS_COMMAND) return;
  struct command command = {care, run, value_copy_text(&label), value_at(record, 3)};
  for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
    if (value_is(&op, ops[i].op)) ops[i].apply(&command);
  free(command.label);
}

void commands_apply(struct care *care, struct run *run, const struct buf *records) {
  size_t at = 0;
  struct value record;
  if (run->enrollment && case_is(care, run->enrollment))
    case_clock_resume(care, run->enrollment);  // what it waited for has come
  while (at < records->len) {
    size_t used = value_read_front(records->data + at, records->len - at, &record);
    if (!used) return;
    apply_record(care, run, &record);
    at += used;
  }
}
