// What a rung is made of: a message by its channel, or a call task with the same form.
#include "base/mem.h"
#include "care/ladder_steps.h"
#include "care/ladder_words.h"
#include "care/message.h"
#include "care/message_text.h"
#include "care/sending.h"
#include "care/task.h"

static const char *const usual_due = "8h";  // of the post's working time

static int64_t first_message(struct care *care, const struct ladder *ladder) {
  return store_int(care->store, MESSAGE_IS_FIRST,
                   "SELECT min(message) FROM rung WHERE ladder=?1 AND message IS NOT"
                   " NULL",
                   "i", ladder->id);
}

int64_t ladder_message(struct care *care, const struct ladder *ladder,
                       const struct rung *rung) {
  struct value args = ladder_args(ladder);
  struct sending sending = {&ladder->run, ladder->kind, ladder->name, ladder->question,
                            &args};
  return sending_plan(care, &sending, rung->channel, rung->audience,
                      first_message(care, ladder));
}

// Why the rung before was left: what the caller wants to know first.
static void put_story(struct care *care, const struct ladder *ladder, bool zh,
                      struct buf *out) {
  bool any = false;
  struct stmt *rows = store_query(care->store,
                                  "SELECT channel, why FROM rung WHERE ladder=?1 AND"
                                  " left_at IS NOT NULL ORDER BY position",
                                  "i", ladder->id);
  for (; stmt_row(rows); any = true) {
    const char *channel = stmt_text(rows, 0), *why = stmt_text(rows, 1);
    buf_puts(out, any ? zh ? "，" : ", " : zh ? "（" : " (");
    buf_printf(out, zh ? "%s%s" : "%s %s", zh ? ladder_word_zh(channel) : channel,
               zh ? ladder_word_zh(why) : why);
  }
  if (any) buf_puts(out, zh ? "）" : ")");
  stmt_done(rows);
}

// What a send would have told; its id, where no message of it was made yet.
static void put_words(struct care *care, const struct ladder *ladder, struct buf *out) {
  struct message message;
  struct buf words = {0}, missing = {0};
  bool found = message_load(care->store, first_message(care, ladder), &message);
  bool whole = found && message_text_part(care, &message, ladder->run.patient, NULL,
                                          &words, &missing);
  buf_puts(out, whole ? buf_text(&words) : ladder->name);
  message_deinit(&message);
  buf_deinit(&words);
  buf_deinit(&missing);
}

static void put_note(struct care *care, const struct ladder *ladder,
                     const struct rung *rung, struct buf *out) {
  bool family = rung_is_family(rung);
  buf_puts(out, family ? "请电话联系家属" : "请电话联系患者");
  put_story(care, ladder, true, out);
  buf_puts(out, family ? " / please ring the family" : " / please ring the patient");
  put_story(care, ladder, false, out);
  if (ladder_is_ask(ladder)) return;
  buf_puts(out, ": ");
  put_words(care, ladder, out);
}

int64_t ladder_call(struct care *care, const struct ladder *ladder,
                    const struct rung *rung) {
  const struct run *run = &ladder->run;
  const char *role = rung->role ? rung->role : "nurse";
  struct status status = {0};
  struct buf note = {0};
  put_note(care, ladder, rung, &note);
  int64_t task = task_open(
      care, &(struct task_spec){
                .patient = run->patient,
                .enrollment = run->enrollment,
                .run = run->id,
                .question = ladder->question,
                .department = run->department,
                .name = "call",
                .role = role,
                .form = ladder_is_ask(ladder) ? ladder->name : NULL,
                .note = note.data,
                .due_at = task_due(care, run->department, role,
                                   rung->due ? rung->due : usual_due, &status)});
  buf_deinit(&note);
  return task;
}
