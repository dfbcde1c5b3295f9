#include "care/ladder_run.h"

#include <string.h>

#include "care/facts.h"
#include "care/question.h"

static const char *const after_last = "3d";  // waited for, where the script doesn't say

static bool is_waited_for(struct care *care, const struct ladder *ladder) {
  const struct run *run = &ladder->run;
  bool waits = strcmp(run->status, "waiting") == 0 || strcmp(run->status, "paused") == 0;
  return waits && strcmp(run->wait, ladder->kind) == 0 && run->wait_label &&
         strcmp(run->wait_label, ladder->name) == 0 &&
         ladder->id == store_int(care->store, 0,
                                 "SELECT max(id) FROM ladder WHERE run=?1", "i", run->id);
}

bool ladder_stands(struct care *care, const struct ladder *ladder) {
  return is_waited_for(care, ladder) &&
         store_int(care->store, 0,
                   "SELECT died_at IS NULL AND disputed_at IS NULL FROM patient WHERE"
                   " id=?1",
                   "i", ladder->run.patient) != 0;
}

// The deadline counts from the first moment anybody could answer (SCRIPTING rule 3); one
// that the script doesn't give, from the last rung.
void ladder_tell_taken(struct care *care, const struct ladder *ladder) {
  const struct run *run = &ladder->run;
  struct value args = ladder_args(ladder), given = value_field(&args, "within");
  bool own = given.kind == VALUE_TEXT;
  struct subject subject = {.care = care,
                            .department = run->department,
                            .patient = run->patient,
                            .enrollment = run->enrollment};
  struct status status = {0};
  int64_t at;
  if (!is_waited_for(care, ladder) || (own && run->due_at)) return;
  if (facts_time(&subject, own ? run->within : after_last, 0, &at, &status)) return;
  run_deadline(care->kernel, run->id, at);
  question_outlive(care, ladder->question, at);
}

void ladder_tell_arrived(struct care *care, const struct ladder *ladder) {
  struct buf at = {0};
  struct value view;
  if (!is_waited_for(care, ladder)) return;
  value_put_int(&at, kernel_now(care->kernel));
  value_read(at.data, at.len, &view);
  run_outcome(care->kernel, ladder->run.id, &view, NULL);
  buf_deinit(&at);
}

void ladder_tell_end(struct care *care, const struct ladder *ladder, const char *why) {
  if (is_waited_for(care, ladder)) run_outcome(care->kernel, ladder->run.id, NULL, why);
}
