// Answers: kept with the form's version and its rule's judgement, whoever gives them and
// whenever they come.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/commands.h"
#include "care/enrollment.h"
#include "care/ids.h"
#include "care/ladder.h"
#include "care/low_score.h"
#include "care/mapping.h"
#include "care/message.h"
#include "care/observation.h"
#include "care/question.h"
#include "care/score.h"
#include "care/task.h"

static int64_t insert_answer(struct care *care, const struct answer_given *given) {
  struct value level = value_field(given->flag, "level"),
               reason = value_field(given->flag, "reason"),
               advice = value_field(given->flag, "advice");
  struct value form = catalog_find(care->catalog, given->department, "form", given->form);
  struct value rule = value_field(&form, "abnormal");
  char *level_text = value_copy_text(&level), *reason_text = value_copy_text(&reason),
       *rule_text = value_copy_text(&rule);
  struct buf body = {0}, advice_body = {0};
  value_put(&body, given->values);
  if (advice.kind != VALUE_NIL) value_put(&advice_body, &advice);
  int64_t bundle = catalog_bundle(care->catalog, given->department);
  store_exec(care->store,
             "INSERT INTO answer (question, patient, enrollment, department, form, "
             "bundle, at, by_kind, by_who, "
             "body, level, reason, advice, rule, rule_bundle) VALUES "
             "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)",
             "IiIttiittbttbtI", given->question, given->patient, given->enrollment,
             given->department, given->form, bundle, kernel_now(care->kernel),
             given->by_kind, given->by_who, body.data, body.len,
             given->unjudged ? "unjudged" : level_text, reason_text, advice_body.data,
             advice_body.len, rule_text, rule_text ? bundle : 0);
  buf_deinit(&body);
  buf_deinit(&advice_body);
  mem_free(level_text);
  mem_free(reason_text);
  mem_free(rule_text);
  return store_last_id(care->store);
}

static void merge_score(struct care *care, struct stmt *row, struct merge *merge) {
  struct value form =
      catalog_find(care->catalog, stmt_text(row, 5), "form", stmt_text(row, 6));
  struct value values;
  struct buf score = {0};
  size_t len;
  const char *body = stmt_bytes(row, 0, &len);
  if (value_read(body, len, &values) && score_put(&form, &values, &score))
    merge_encoded(merge, "score", &score);
  buf_deinit(&score);
}

bool answer_value(struct care *care, int64_t answer, struct buf *out) {
  struct stmt *row = store_query(care->store,
                                 "SELECT body, level, by_kind, at, reason, department, "
                                 "form FROM answer WHERE id=?1",
                                 "i", answer);
  bool found = stmt_row(row);
  if (found) {
    struct merge merge = {0};
    size_t len;
    const char *body = stmt_bytes(row, 0, &len);
    merge_bytes(&merge, body, len);
    merge_int(&merge, "at", stmt_int(row, 3));
    merge_text(&merge, "by", stmt_text(row, 2));
    merge_text(&merge, "flag", stmt_text(row, 1));
    merge_text(&merge, "reason", stmt_text(row, 4));
    merge_score(care, row, &merge);
    merge_end(&merge, out);
  }
  stmt_done(row);
  return found;
}

// Items with `observe` are observations; a device's answer was one before it was an
// answer.
static void observe_item(struct care *care, const struct answer_given *given,
                         int64_t answer, const struct value *item) {
  struct value code = value_field(item, "observe"), id = value_field(item, "id"),
               unit = value_field(item, "unit");
  char *code_text = value_copy_text(&code), *id_text = value_copy_text(&id),
       *unit_text = value_copy_text(&unit);
  struct value given_value =
      id_text ? value_field(given->values, id_text) : (struct value){0};
  struct value points = score_points(item, &given_value);
  if (points.kind != VALUE_NIL) given_value = points;
  if (code_text && (given_value.kind == VALUE_INT || given_value.kind == VALUE_REAL))
    observation_keep(care,
                     &(struct observation_spec){.patient = given->patient,
                                                .low = NAN,
                                                .high = NAN,
                                                .code = code_text,
                                                .value = value_real_or(&given_value, 0),
                                                .unit = unit_text,
                                                .at = kernel_now(care->kernel),
                                                .source = given->by_kind,
                                                .answer = answer});
  mem_free(code_text);
  mem_free(id_text);
  mem_free(unit_text);
}

static void observe(struct care *care, const struct answer_given *given, int64_t answer) {
  struct value form = catalog_find(care->catalog, given->department, "form", given->form),
               item;
  struct value items = value_field(&form, "items");
  struct value_iter iter = value_iterate(&items);
  if (!strcmp(given->by_kind, "device")) return;
  while (value_next(&iter, NULL, &item)) observe_item(care, given, answer, &item);
}

static void raise_alert(struct care *care, const struct answer_given *given,
                        int64_t answer) {
  struct value level = value_field(given->flag, "level"),
               reason = value_field(given->flag, "reason");
  struct value form = catalog_find(care->catalog, given->department, "form", given->form);
  struct value rule = value_field(&form, "abnormal");
  char *level_text = value_copy_text(&level), *reason_text = value_copy_text(&reason),
       *name = value_copy_text(&rule);
  if (level_text || given->unjudged)
    alert_open(care, &(struct alert_spec){
                         .patient = given->patient,
                         .enrollment = given->enrollment,
                         .answer = answer,
                         .department = given->department,
                         .name = name ? name : given->form,
                         .level = given->unjudged ? "urgent" : level_text,
                         .reason = given->unjudged
                                       ? "the rule failed: a person must read this answer"
                                       : reason_text});
  mem_free(level_text);
  mem_free(reason_text);
  mem_free(name);
}

static void tell_runs(struct care *care, const struct answer_given *given,
                      int64_t answer) {
  struct buf body = {0};
  struct value view;
  struct ids runs =
      ids_read(store_query(care->store,
                           "SELECT id FROM run WHERE patient=?1 AND ended_at IS NULL "
                           "AND wait='ask' AND wait_ref=?2",
                           "ii", given->patient, given->question));
  bool readable =
      answer_value(care, answer, &body) && value_read(buf_text(&body), body.len, &view);
  for (int64_t run; ids_next(&runs, &run);)
    if (readable) run_outcome(care->kernel, run, &view, NULL);
  buf_deinit(&body);
}

static void settle_question(struct care *care, const struct answer_given *given,
                            int64_t answer) {
  store_exec(care->store,
             "UPDATE question SET status='answered', answer=?2, closed_at=?3, "
             "reason=NULL WHERE id=?1",
             "iii", given->question, answer, kernel_now(care->kernel));
  store_exec(care->store, "DELETE FROM draft WHERE question=?1", "i", given->question);
  message_cancel_for_question(care, given->question, "answered");
  ladder_close(care, given->question, "answered");
  tell_runs(care, given, answer);
  task_withdraw_for_question(care, given->question, answer, "answered");
}

int64_t question_answer(struct care *care, const struct answer_given *given) {
  int64_t answer = insert_answer(care, given);
  if (given->enrollment)
    store_exec(care->store, "DELETE FROM silence WHERE enrollment=?1 AND form=?2", "it",
               given->enrollment, given->form);
  observe(care, given, answer);
  raise_alert(care, given, answer);
  if (given->question) settle_question(care, given, answer);
  low_score(care, given);
  if (given->enrollment) enrollment_turned(care, given->enrollment, given->patient);
  return answer;
}
