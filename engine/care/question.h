// A form put to a patient: one open a subject and form; every ask, reminder and task with
// that form is a rung of it.
#pragma once

#include "care/care.h"

// How long a link leads to its form, from the last asking; see question_outlive.
#define QUESTION_OPEN_MS (30 * (int64_t)CIVIL_DAY_MS)

void question_handlers(struct care *care);  // inbox "answer" "answer.draft"
                                            // "question.opened"
// The open question of this subject and form, or a new one. fields may be NULL.
int64_t question_open(struct care *care, const struct run *run, const char *form,
                      const struct value *fields, const struct value *offered);
// The choices offered this time, a map item → list of {value,zh,en}; appended, nothing
// when the form's hold.
void question_offered(struct care *care, int64_t question, struct buf *out);
// The choices of an item: those offered, else its own.
struct value form_options(const struct value *item, const struct value *offered);
// An answer from anybody. Judged before (prepare) with the form's rule: flag is the
// encoded {level,reason,advice} or nil. Settles the question: rungs withdrawn, waiting
// runs get it, silences reset, observations kept, alert raised.
struct answer_given {
  int64_t question, patient,
      enrollment;  // question 0: answered without being asked (a task with a form)
  const char *department, *form, *by_kind, *by_who;
  const struct value *values, *flag;
  bool unjudged;  // the rule failed: a person must look
};
int64_t question_answer(struct care *care,
                        const struct answer_given *given);  // answer.id
// The open question of this subject and form, or the run's own lapsed one, which opens
// again: a task with the form joins it as a rung; 0 when there is none.
int64_t question_join(struct care *care, const struct run *run, const char *form);
// A run waits for it until then: the link lives at least as long.
void question_outlive(struct care *care, int64_t question, int64_t until);
// A wait for it timed out: lapsed when no rung is left; late answers still count. What
// may not have arrived is no silence of the patient's.
void question_silent(struct care *care, int64_t question, int64_t run);
// The answer as scripts see it: its fields, flag, by, at.
bool answer_value(struct care *care, int64_t answer, struct buf *out);
void question_close(struct care *care, int64_t question, const char *reason);
// A run waits for it no more: closed when no other rung is left.
void question_leave(struct care *care, int64_t question, int64_t run, const char *reason);
// Judges values with the form's rule (outside the transaction). flag gets an encoded
// value. ERR_INVALID with a sentence naming the item when values don't fit the form.
int form_check(struct care *care, const char *department, const char *form,
               int64_t question, const struct value *values, struct buf *clean,
               struct status *status);
void form_judge(struct care *care, const char *department, const char *form,
                const struct value *values, int64_t patient, int64_t enrollment,
                struct buf *flag, bool *unjudged);
// Whether an item's `when` shows it after these answers.
bool form_item_shown(struct care *care, const char *department, const char *form,
                     const struct value *item, const struct value *answers);
// What a page or an inbox row needs to know of a question by its short code or signed
// link.
int64_t question_by_code(struct care *care, const char *code);
