#include "care/reply.h"

#include <string.h>

#include "base/mem.h"
#include "care/contact.h"
#include "care/enrollment.h"
#include "care/mapping.h"
#include "care/overheard.h"
#include "care/question.h"
#include "care/reply_feedback.h"
#include "care/reply_read.h"
#include "care/reply_sender.h"
#include "care/reply_task.h"
#include "care/reply_whose.h"
#include "care/task.h"

struct reply {  // one text, being thought about
  int64_t inbound, identity, at;
  int64_t
      said_patient;  // whom it is about, as the writer said afterwards; 0: nobody asked
  int64_t earlier;   // inbound.id of whose patient this text is the answer
  int64_t chosen;    // that patient
  char *channel, *text;
  enum reply_word word;
  struct reply_sender senders[REPLY_SENDERS];
  int count, meant;
  struct reply_question question;
  struct buf clean, flag;  // the answer that the text gives, checked and judged
  bool unjudged, answers;
  bool unheard;  // the answer is free words that no rule of the form judges
};

static bool load(struct care *care, int64_t inbound, struct reply *out) {
  struct stmt *row = store_query(care->store,
                                 "SELECT identity, at, channel, text, patient FROM "
                                 "inbound WHERE id=?1 AND kind='text'",
                                 "i", inbound);
  bool found = stmt_row(row);
  if (found) {
    out->inbound = inbound;
    out->identity = stmt_int(row, 0);
    out->at = stmt_int(row, 1);
    out->channel = mem_copy_text(stmt_text(row, 2));
    out->text = mem_copy_text(stmt_text(row, 3) ? stmt_text(row, 3) : "");
    out->said_patient = stmt_int(row, 4);
  }
  stmt_done(row);
  return found;
}

// The item that a text can answer: the only one that must be.
static bool asked_item(const struct value *form, struct value *out) {
  struct value items = value_field(form, "items"), item;
  struct value_iter iter = value_iterate(&items);
  int needed = 0;
  while (value_next(&iter, NULL, &item)) {
    struct value optional = value_field(&item, "optional"),
                 kind = value_field(&item, "kind");
    if (value_true(&optional) || value_is(&kind, "photo")) continue;
    *out = item;
    needed++;
  }
  return needed == 1;
}

static bool read_values(struct care *care, struct reply *reply, const struct value *item,
                        struct buf *out) {
  struct buf offered = {0}, given = {0};
  struct value choices = {0}, id = value_field(item, "id");
  question_offered(care, reply->question.id, &offered);
  value_read(buf_text(&offered), offered.len, &choices);
  struct value options = form_options(item, &choices);
  bool read = reply_read_item(item, &options, reply->text, strlen(reply->text), &given);
  if (read) {
    size_t map = value_begin_map(out);
    value_put_key_bytes(out, id.text.data, id.text.len);
    buf_put(out, given.data, given.len);
    value_end(out, map, 1);
  }
  buf_deinit(&offered);
  buf_deinit(&given);
  return read;
}

// "N" is an answer where yes or no was asked; elsewhere it means no more messages.
static bool may_answer(const struct reply *reply, const struct value *item) {
  struct value kind = value_field(item, "kind");
  return reply->word == REPLY_OTHER ||
         (reply->word == REPLY_STOP && value_is(&kind, "yesno")) ||
         (reply->word == REPLY_FEEDBACK && value_is(&kind, "choice"));
}

static void think_of_answer(struct care *care, struct reply *reply) {
  const struct reply_sender *sender = &reply->senders[reply->meant];
  struct reply_question *question = &reply->question;
  struct buf values = {0};
  struct value view, item;
  struct status status = {0};
  if (sender->wrong || !reply_question_load(care, sender, question)) return;
  struct value form =
      catalog_find(care->catalog, question->department, "form", question->form);
  if (!asked_item(&form, &item) || !may_answer(reply, &item)) return;
  reply->answers = read_values(care, reply, &item, &values) &&
                   value_read(buf_text(&values), values.len, &view) &&
                   form_check(care, question->department, question->form, question->id,
                              &view, &reply->clean, &status) == OK;
  struct value kind = value_field(&item, "kind"), rule = value_field(&form, "abnormal");
  reply->unheard = value_is(&kind, "text") && !value_true(&rule);
  if (reply->answers && value_read(buf_text(&reply->clean), reply->clean.len, &view))
    form_judge(care, question->department, question->form, &view, sender->patient,
               question->enrollment, &reply->flag, &reply->unjudged);
  buf_deinit(&values);
}

static int find_meant(const struct reply *reply) {
  if (!reply->said_patient) return reply_meant(reply->senders, reply->count);
  for (int i = 0; i < reply->count; i++)
    if (reply->senders[i].patient == reply->said_patient) return i;
  return -1;
}

static void prepare(void *self, struct work *work) {
  struct care *care = self;
  struct reply *reply = mem_alloc(sizeof *reply);
  work->prepared = reply;
  if (!load(care, work->ref, reply)) return;
  reply->word = reply_word(reply->text, strlen(reply->text));
  reply->count = reply_senders(care, reply->identity, reply->senders);
  reply->meant = find_meant(reply);
  if (reply->meant < 0)
    reply->earlier =
        reply_whose_chosen(care, reply->identity, reply->text, &reply->chosen);
  else
    think_of_answer(care, reply);
}

static void release(void *self, struct work *work) {
  (void)self;
  struct reply *reply = work->prepared;
  reply_question_deinit(&reply->question);
  buf_deinit(&reply->clean);
  buf_deinit(&reply->flag);
  mem_free(reply->channel);
  mem_free(reply->text);
  mem_free(reply);
}

static void settle(struct care *care, const struct reply *reply, const char *outcome) {
  const struct reply_sender *who =
      reply->meant >= 0 ? &reply->senders[reply->meant] : NULL;
  store_exec(
      care->store,
      "UPDATE inbound SET outcome=?2, patient=?3, department=?4, question=?5 WHERE id=?1",
      "itItI", reply->inbound, outcome, who ? who->patient : 0,
      who && *who->department ? who->department : NULL,
      reply->answers ? reply->question.id : 0);
}

static bool still_open(struct care *care, const struct reply *reply) {
  return store_int(
             care->store, 0,
             "SELECT 1 FROM question WHERE id=?1 AND (status='open' OR status='lapsed')",
             "i", reply->question.id) != 0;
}

static void answer(struct care *care, const struct reply *reply) {
  const struct reply_sender *sender = &reply->senders[reply->meant];
  struct value values, flag;
  struct buf who = {0};
  value_read(reply->clean.data, reply->clean.len, &values);
  value_read(buf_text(&reply->flag), reply->flag.len, &flag);
  buf_printf(&who, "%lld", (long long)sender->person);
  question_answer(care,
                  &(struct answer_given){
                      reply->question.id, sender->patient, reply->question.enrollment,
                      reply->question.department, reply->question.form,
                      sender->person == sender->patient ? "patient" : "family", who.data,
                      &values, &flag, reply->unjudged});
  buf_deinit(&who);
}

// Of one number that serves several patients the one whom it was told about last, by the
// department that told it: a son's wish for his father must not lose his mother. Whether
// he meant the others, or whom when none was told lately, is for a person to ask; with
// 全部 it is all, of all (WARD 7).
static void fall_silent(struct care *care, const struct reply *reply) {
  bool all = reply->word == REPLY_STOP_ALL, others = false;
  for (int i = 0; i < reply->count; i++) {
    const struct reply_sender *sender = &reply->senders[i];
    if (sender->patient != reply->senders[0].patient && !all) {
      others = others || reply_may_be(reply->senders, i);
      if (reply->senders[0].told_at) continue;
    }
    const char *department = all || !*sender->department ? NULL : sender->department;
    patient_opt_out(
        care, &(struct opting){sender->patient, sender->person, department, "reply"});
  }
  if (others) reply_task_others(care, reply->senders, reply->count, reply->text);
}

static void record(struct care *care, const struct reply *reply,
                   const struct reply_sender *sender) {
  struct buf body = {0};
  struct value view;
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "channel", reply->channel);
  mapping_text(&map, "department", sender->department);
  mapping_text(&map, "form", reply->question.form);
  mapping_text(&map, "text", reply->text);
  mapping_end(&map);
  value_read(body.data, body.len, &view);
  event_record(care, sender->patient, "reply", reply->at, 0, 0, &view);
  overheard(care, &(struct overheard){sender->patient, reply->at, "reply", reply->text});
  buf_deinit(&body);
}

// The earlier text is dealt with once more, as one about this patient.
static const char *choose(struct care *care, const struct reply *reply) {
  store_exec(care->store, "UPDATE inbound SET patient=?2, choices=NULL WHERE id=?1", "ii",
             reply->earlier, reply->chosen);
  for (int i = 0; i < reply->count; i++)
    task_withdraw_named(care, reply->senders[i].patient, REPLY_TASK_WHOSE, 0,
                        "the writer said");
  reply_due(care, reply->earlier);
  return "chosen";
}

// Everybody who may be meant is looked after: danger doesn't wait for the answer.
static const char *ask_whose(struct care *care, const struct reply *reply) {
  for (int i = 0; i < reply->count; i++)
    if (reply_may_be(reply->senders, i)) record(care, reply, &reply->senders[i]);
  reply_task_whose(care, reply->senders, reply->count, reply->text);
  reply_whose_ask(care, reply->inbound, reply->senders, reply->count);
  return "whose";
}

// A stranger is not asked whom he means, nor told any names: it is the person who was
// told last that is not there, and whoever else reckons with that person must hear of it.
static const char *mark_wrong(struct care *care, const struct reply *reply) {
  const struct reply_sender *last = &reply->senders[reply->meant < 0 ? 0 : reply->meant];
  if (!reply->said_patient) record(care, reply, last);
  for (int i = 0; i < reply->count; i++)
    if (reply->senders[i].person == last->person || !reply->senders[0].told_at)
      reply_task_wrong(care, &reply->senders[i], reply->identity, reply->text);
  return "wrong-number";
}

static const char *hand_on(struct care *care, const struct reply *reply) {
  const struct reply_sender *sender = &reply->senders[reply->meant];
  if (!reply->said_patient) record(care, reply, sender);
  reply_task_read(care, sender, reply->text);
  return "given";
}

static const char *deal_with(struct care *care, const struct reply *reply) {
  bool words = reply->word == REPLY_FEEDBACK || reply->word == REPLY_OTHER;
  if (words && !reply->answers && !reply->earlier &&
      reply_feedback_joins(care, reply->identity, reply->text))
    return "feedback";
  if (reply->word == REPLY_FEEDBACK && !reply->answers) {
    reply_feedback(care, reply->identity, reply->said_patient, reply->at, reply->text);
    return "feedback";
  }
  if (!reply->count) return "unknown";
  if (reply->answers && still_open(care, reply)) {
    answer(care, reply);
    if (reply->unheard) record(care, reply, &reply->senders[reply->meant]);
    return "answered";
  }
  if (reply->word == REPLY_STOP || reply->word == REPLY_STOP_ALL) {
    fall_silent(care, reply);
    return "opted-out";
  }
  if (reply->word == REPLY_WRONG_NUMBER) return mark_wrong(care, reply);
  if (reply->meant >= 0) return hand_on(care, reply);
  return reply->earlier ? choose(care, reply) : ask_whose(care, reply);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct reply *reply = work->prepared;
  if (reply->inbound) settle(care, reply, deal_with(care, reply));
}

void reply_handlers(struct care *care) {
  static const struct work_handler handler = {
      .prepare = prepare, .apply = apply, .release = release};
  kernel_handle(care->kernel, WORK_REPLY, &handler, care);
}

void reply_due(struct care *care, int64_t inbound) {
  int64_t patient =
      store_int(care->store, 0,
                "SELECT c.patient FROM inbound JOIN identity mine ON"
                " mine.id=inbound.identity JOIN identity i ON i.value=mine.value"
                " AND i.kind=mine.kind JOIN contact c ON c.person=i.person"
                " WHERE inbound.id=?1 LIMIT 1",
                "i", inbound);
  due_add(care->kernel, DUE_EVENT, kernel_now(care->kernel), WORK_REPLY, inbound,
          patient);
}
