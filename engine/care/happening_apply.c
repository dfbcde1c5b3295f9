// What was decided of an event, in the commit.
#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "care/edge.h"
#include "care/enroll.h"
#include "care/happening_parts.h"
#include "care/overheard.h"
#include "care/quarantine.h"
#include "care/question.h"
#include "care/task.h"

static bool is_reading(const struct happening *happening) {
  return !strncmp(happening->kind, "observation:", strlen("observation:"));
}

static struct edge edge_of(const struct happening *happening,
                           const struct decision *decision) {
  return (struct edge){{happening->care, decision->department, happening->patient,
                        decision->enrollment, decision->event},
                       decision->name,
                       decision->rearm};
}

static void start_watch(const struct happening *happening,
                        const struct decision *decision) {
  struct buf day = {0};
  buf_printf(&day, "event %lld", (long long)decision->event);
  run_start(happening->care->kernel,
            &(struct run_spec){
                .patient = happening->patient,
                .enrollment = decision->enrollment,
                .bundle = catalog_bundle(happening->care->catalog, decision->department),
                .event = decision->event,
                .scheduled_at = kernel_now(happening->care->kernel),
                .department = decision->department,
                .pathway = decision->pathway,
                .kind = "watch",
                .name = decision->name,
                .day = day.data,
                .flag = decision->value.len ? &decision->value : NULL});
  buf_deinit(&day);
}

// Readings fire on the rising edge, all else each time.
static void apply_watch(const struct happening *happening,
                        const struct decision *decision) {
  struct edge edge = edge_of(happening, decision);
  if (!is_reading(happening) || edge_rises(&edge)) start_watch(happening, decision);
}

static void apply_quiet(const struct happening *happening,
                        const struct decision *decision) {
  struct edge edge = edge_of(happening, decision);
  if (is_reading(happening)) edge_falls(&edge);
}

static void apply_answer(const struct happening *happening,
                         const struct decision *decision) {
  struct value values, flag;
  value_read(decision->value.data, decision->value.len, &values);
  value_read(buf_text(&decision->flag), decision->flag.len, &flag);
  question_answer(happening->care,
                  &(struct answer_given){.question = decision->question,
                                         .patient = happening->patient,
                                         .enrollment = decision->enrollment,
                                         .department = decision->department,
                                         .form = decision->name,
                                         .by_kind = "device",
                                         .values = &values,
                                         .flag = &flag,
                                         .unjudged = decision->unjudged});
}

static void apply_enroll(const struct happening *happening,
                         const struct decision *decision, const struct value *triaged) {
  enroll(happening->care,
         &(struct enroll_spec){happening->patient, decision->event, decision->department,
                               decision->pathway, decision->tier, triaged});
}

static void apply_case(const struct happening *happening,
                       const struct decision *decision) {
  struct value triaged;
  if (value_read(decision->value.data, decision->value.len, &triaged))
    apply_enroll(happening, decision, &triaged);
}

static bool is_overheard(const struct happening *happening) {
  struct buf field = {0};
  struct value view;
  case_field(happening->care, 0, happening->event, "channel", &field);
  value_read(field.data, field.len, &view);
  char *channel = value_copy_text(&view);
  bool is = overheard_is(channel);
  mem_free(channel);
  buf_deinit(&field);
  return is;
}

void happening_give_to_a_person(const struct happening *happening) {
  struct care *care = happening->care;
  struct status status = {0};
  if (strcmp(happening->kind, "feedback") || happening->taken || is_overheard(happening))
    return;
  task_open(care,
            &(struct task_spec){
                .patient = happening->patient,
                .department = "",
                .name = "unrouted-feedback",
                .role = care->site->overdue_role,
                .note = "feedback that no department's triage takes: read it",
                .due_at = task_due(care, "", care->site->overdue_role, "1bh", &status)});
}

void happening_apply(const struct happening *happening, const struct decision *decision) {
  switch (decision->kind) {
    case DECIDE_ENROLL: apply_enroll(happening, decision, NULL); break;
    case DECIDE_CASE: apply_case(happening, decision); break;
    case DECIDE_WATCH: apply_watch(happening, decision); break;
    case DECIDE_QUIET: apply_quiet(happening, decision); break;
    case DECIDE_ANSWER: apply_answer(happening, decision); break;
    case DECIDE_END: happening_end(happening, decision); break;
    case DECIDE_TELL:
      quarantine_failed(happening->care, decision->department, decision->name,
                        &decision->failed);
      break;
  }
}
