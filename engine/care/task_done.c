#include "care/task_done.h"

#include <string.h>

#include "base/iso.h"
#include "base/mem.h"
#include "care/case_desk.h"
#include "care/case_receiver.h"
#include "care/commands.h"
#include "care/mapping.h"
#include "care/quality_review.h"
#include "care/question.h"

// An empty table arrives as a list.
static struct value answer_of(const struct inbox_row *row, struct buf *empty) {
  struct value answer = value_field(&row->body, "answer");
  if (answer.kind == VALUE_LIST && !value_count(&answer)) {
    value_end(empty, value_begin_map(empty), 0);
    value_read(empty->data, empty->len, &answer);
  }
  return answer;
}

void judged_read(struct care *care, const struct task *task, const struct value *answer,
                 struct judged *out) {
  struct value clean;
  if (answer->kind == VALUE_NIL || !task->form) return;
  out->given = true;
  if (form_check(care, task->department, task->form, task->question, answer, &out->clean,
                 &out->status) == OK &&
      value_read(buf_text(&out->clean), out->clean.len, &clean))
    form_judge(care, task->department, task->form, &clean, task->patient,
               task->enrollment, &out->flag, &out->unjudged);
}

void judged_deinit(struct judged *judged) {
  buf_deinit(&judged->clean);
  buf_deinit(&judged->flag);
}

static void prepare(void *self, struct inbox_row *row) {
  struct care *care = self;
  struct task task;
  struct value id = value_field(&row->body, "task");
  struct judged *judged = mem_alloc(sizeof *judged);
  struct buf empty = {0};
  struct value answer = answer_of(row, &empty);
  row->prepared = judged;
  if (task_load(care->store, value_int_or(&id, 0), &task))
    judged_read(care, &task, &answer, judged);
  task_deinit(&task);
  buf_deinit(&empty);
}

static void release(void *self, struct inbox_row *row) {
  (void)self;
  struct judged *judged = row->prepared;
  if (!judged) return;
  judged_deinit(judged);
  mem_free(judged);
}

static int refuse_closed(struct care *care, const struct task *task,
                         struct status *status) {
  char at[ISO_SIZE];
  iso_format(task->closed_at, care_zone(care, task->department), at);
  return status_fail(status, ERR_CONFLICT, "this task was closed at %s by %s: %s", at,
                     task->closed_by ? task->closed_by : "engine",
                     task->code ? task->code : task->status);
}

// A PBX that told of the call has recorded it already: now it is known what came of it.
static bool confirm_call(struct care *care, const struct result *result) {
  int64_t call = store_int(care->store, 0,
                           "SELECT call FROM dial WHERE task=?1 AND call IS NOT NULL"
                           " ORDER BY id DESC LIMIT 1",
                           "i", result->task.id);
  store_exec(care->store, "UPDATE dial SET call=NULL WHERE task=?1 AND call IS NOT NULL",
             "i", result->task.id);
  if (!call) return false;
  store_exec(care->store,
             "UPDATE call SET by_who=?2, code=?3, counts=?4, note=?5 WHERE id=?1",
             "ittit", call, result->staff, result->code->code,
             (int64_t)result->code->attempt, result->note);
  return true;
}

static void record_call(struct care *care, const struct result *result) {
  if (!result->code->call || confirm_call(care, result)) return;
  store_exec(care->store,
             "INSERT INTO call (task, patient, at, by_who, code, counts, note, identity)"
             " VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
             "iIittitI", result->task.id, result->task.patient, kernel_now(care->kernel),
             result->staff, result->code->code, (int64_t)result->code->attempt,
             result->note, result->identity);
}

static int64_t find_question(struct care *care, const struct task *task) {
  struct run run;
  if (task->question || !task->run || !run_load(care->store, task->run, &run))
    return task->question;
  int64_t question = question_join(care, &run, task->form);
  run_deinit(&run);
  return question;
}

// The row is closed before: what the answer settles must not withdraw it.
static void give_answer(struct care *care, const struct result *result,
                        const struct judged *judged) {
  struct value values, flag = {0};
  if (!judged->given || !value_read(buf_text(&judged->clean), judged->clean.len, &values))
    return;
  if (judged->flag.len) value_read(judged->flag.data, judged->flag.len, &flag);
  int64_t answer = question_answer(
      care, &(struct answer_given){.question = find_question(care, &result->task),
                                   .patient = result->task.patient,
                                   .enrollment = result->task.enrollment,
                                   .department = result->task.department,
                                   .form = result->task.form,
                                   .by_kind = result->by_kind,
                                   .by_who = result->staff,
                                   .values = &values,
                                   .flag = &flag,
                                   .unjudged = judged->unjudged});
  store_exec(care->store, "UPDATE task SET answer=?2 WHERE id=?1", "iI", result->task.id,
             answer);
  quality_keep(care, result->task.id, result->task.department, result->task.form, &values,
               result->staff);
}

static void close_task(struct care *care, struct result *result,
                       const struct judged *judged) {
  task_clear(care, &result->task, result->code->code);
  store_exec(care->store,
             "UPDATE task SET status='done', closed_at=?2, closed_by=?3, code=?4,"
             " result_note=?5, moved_to=coalesce(?6, moved_to), revision=revision+1"
             " WHERE id=?1",
             "iitttt", result->task.id, kernel_now(care->kernel), result->staff,
             result->code->code, result->note, result->to);
  give_answer(care, result, judged);
  commands_task_closed(care, result->task.id);
  result_follow(care, result);
}

static void tell(struct inbox_row *row, const char *code, bool open) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "code", code);
  mapping_text(&map, "state", open ? "open" : "done");
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

bool task_settle(struct care *care, struct result *result, const struct judged *judged) {
  record_call(care, result);
  bool open = result_moves(care, result);
  if (!open) close_task(care, result, judged);
  if (result->task.enrollment)
    case_task_done(care, result->task.enrollment,
                   &(struct case_task){result->task.name, result->staff,
                                       result->code->code, result->note, result->to});
  return open;
}

static bool is_repeat(const struct result *result) {
  const struct task *task = &result->task;
  return task->closed_by && task->code && strcmp(task->closed_by, result->staff) == 0 &&
         strcmp(task->code, result->code->code) == 0;
}

static int give(struct care *care, struct inbox_row *row, struct result *result,
                struct status *status) {
  const struct judged *judged = row->prepared;
  if (result_read(care, row, judged->given, result, status)) return status->code;
  if (!task_is_live(&result->task)) {
    if (!is_repeat(result)) return refuse_closed(care, &result->task, status);
    tell(row, result->code->code, false);
    return OK;
  }
  if (case_refuse_accused(care, result->task.enrollment, result->staff, status))
    return status->code;
  if (strcmp(result->code->code, "transfer") &&
      quality_refuse_own(care, result->task.id, result->staff, status))
    return status->code;
  if (judged->status.code) return *status = judged->status, status->code;
  if (result_check(care, result, status)) return status->code;
  bool open = task_settle(care, result, judged);
  tell(row, result->code->code, open);
  return OK;
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct result result = {.by_kind = "staff"};
  int code = give(self, row, &result, status);
  task_deinit(&result.task);
  mem_free(result.note);
  mem_free(result.to);
  return code;
}

void task_done_handler(struct care *care) {
  static const struct inbox_handler handler = {
      .kind = "task.done", .prepare = prepare, .apply = apply, .release = release};
  kernel_handle_inbox(care->kernel, &handler, care);
}
