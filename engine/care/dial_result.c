// What became of a call: an attempt where nobody spoke, a proposal of the result, or the
// answers that a robot heard, which are judged as everybody's are.
#include "care/dial_result.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/contact.h"
#include "care/dial.h"
#include "care/enrollment.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/overheard.h"
#include "care/task_done.h"

enum { NOTE_BYTES = 4000 };

struct word {
  const char *call;  // as plugins say it
  const char *code;  // the result that it proposes; NULL: none
  bool missed;       // rung, and nobody spoke
};

static const struct word *word_find(const char *call) {
  static const struct word words[] = {{"answered", "reached", false},
                                      {"busy", "busy", true},
                                      {"no-answer", "no-answer", true},
                                      {"rejected", "no-answer", true},
                                      {"off", "off", true},
                                      {"void", "void", true},
                                      {"failed", NULL, false}};
  for (size_t i = 0; call && i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i].call, call) == 0) return &words[i];
  return NULL;
}

struct dial {
  int64_t id, task, identity;
  bool ended, said;
};

struct heard {  // what prepare leaves
  struct judged judged;
};

static bool dial_find(struct care *care, const struct value *body, struct dial *out) {
  struct value channel = value_field(body, "channel"), id = value_field(body, "id");
  char *name = value_copy_text(&channel), *key = value_copy_text(&id);
  struct stmt *row = store_query(care->store,
                                 "SELECT id, task, identity, ended_at, said_at FROM dial "
                                 "WHERE channel=?1 AND (key=?2"
                                 " OR provider_id=?2) ORDER BY key<>?2, id DESC LIMIT 1",
                                 "tt", name, key);
  bool found = stmt_row(row);
  if (found)
    *out = (struct dial){stmt_int(row, 0), stmt_int(row, 1), stmt_int(row, 2),
                         !stmt_null(row, 3), !stmt_null(row, 4)};
  stmt_done(row);
  mem_free(name);
  mem_free(key);
  return found;
}

static void prepare(void *self, struct inbox_row *row) {
  struct care *care = self;
  struct dial dial;
  struct task task = {0};
  struct heard *heard = mem_alloc(sizeof *heard);
  struct value answers = value_field(&row->body, "answers");
  row->prepared = heard;
  if (answers.kind == VALUE_MAP && dial_find(care, &row->body, &dial) && !dial.said &&
      task_load(care->store, dial.task, &task))
    judged_read(care, &task, &answers, &heard->judged);
  task_deinit(&task);
}

static void release(void *self, struct inbox_row *row) {
  (void)self;
  struct heard *heard = row->prepared;
  if (heard) judged_deinit(&heard->judged);
  mem_free(heard);
}

// Rung, and nobody spoke: it counts as an attempt whether or not the task is closed by
// it.
static int64_t record_missed(struct care *care, const struct dial *dial,
                             const char *code) {
  const struct result_code *result = result_code_find(code);
  store_exec(care->store,
             "INSERT INTO call (task, patient, at, by_who, code, counts, identity)"
             " SELECT task, patient, ?2, by_who, ?3, ?4, identity FROM dial WHERE id=?1",
             "iiti", dial->id, kernel_now(care->kernel), code, (int64_t)result->attempt);
  return store_last_id(care->store);
}

static void end(struct care *care, const struct dial *dial, const struct value *body,
                const char *call) {
  const struct word *word = word_find(call);
  struct value detail = value_field(body, "detail"),
               recording = value_field(body, "recording"),
               seconds = value_field(body, "seconds");
  char *why = value_copy_text(&detail), *where = value_copy_text(&recording);
  int64_t missed =
      word->missed && !dial->ended ? record_missed(care, dial, word->code) : 0;
  if (!dial->ended)
    store_exec(care->store,
               "UPDATE dial SET status=?2, ended_at=?3, detail=?4, code=?5, call=?6 WHERE"
               " id=?1",
               "itittI", dial->id, call, kernel_now(care->kernel), why, word->code,
               missed);
  store_exec(care->store,
             "UPDATE dial SET recording=coalesce(?2, recording), seconds=coalesce(?3,"
             " seconds) WHERE id=?1",
             "itI", dial->id, where, value_int_or(&seconds, 0));
  mem_free(why);
  mem_free(where);
}

// The robot's word for it; what it may not close by itself is proposed to a person.
static void propose(struct care *care, const struct dial *dial, const char *code,
                    const char *note) {
  store_exec(care->store,
             "UPDATE dial SET code=coalesce(?2, code), note=?3, said_at=?4 WHERE id=?1",
             "itti", dial->id, code, note, kernel_now(care->kernel));
}

// Whose answer it is; NULL: a result that only a person may give.
static const char *voice_of(const char *code) {
  if (strcmp(code, "done") == 0 || strcmp(code, "partial") == 0) return "patient";
  return strcmp(code, "proxy") == 0 ? "family" : NULL;
}

static bool take_answers(struct care *care, const struct dial *dial,
                         const struct heard *heard, const char *code, const char *note,
                         const char *channel) {
  struct result result = {.code = result_code_find(code),
                          .by_kind = voice_of(code),
                          .identity = dial->identity};
  struct status status = {0};
  bool taken = false;
  snprintf(result.staff, sizeof result.staff, "call:%s", channel);
  if (task_load(care->store, dial->task, &result.task) && task_is_live(&result.task) &&
      !result_check(care, &result, &status)) {
    result.note = mem_copy_text(note);
    task_settle(care, &result, &heard->judged);
    taken = true;
  }
  task_deinit(&result.task);
  mem_free(result.note);
  return taken;
}

// Nothing that a patient said is lost: what the form doesn't take, or comes when the task
// is closed, stands in the words of the call, for a person.
static void keep_words(struct care *care, const struct dial *dial,
                       const struct value *answers, const char *why, const char *note) {
  struct buf words = {0};
  if (note) buf_printf(&words, "%s; ", note);
  buf_printf(&words, "answers not taken, %s: ", why);
  value_to_json(&words, answers);
  propose(care, dial, "partial", words.data);
  log_line(LOG_LEVEL_WARN, "dial.answers", "task=%lld reason=\"%s\"",
           (long long)dial->task, why);
  buf_deinit(&words);
}

// Before a person has looked: whoever was rung and wants no more is left alone at once,
// and so is the whole family of somebody who is said to be dead.
static void stop_at_once(struct care *care, const struct dial *dial, const char *code,
                         const char *channel) {
  char by[STAFF_SIZE];
  bool dead = code && strcmp(code, "deceased") == 0;
  if (!code || (!dead && strcmp(code, "refused"))) return;
  snprintf(by, sizeof by, "call:%s (%s)", channel, code);
  patient_opt_out(
      care,
      &(struct opting){
          .patient = store_int(care->store, 0, "SELECT patient FROM dial WHERE id=?1",
                               "i", dial->id),
          .person =
              dead ? 0
                   : store_int(care->store, 0, "SELECT person FROM identity WHERE id=?1",
                               "i", dial->identity),
          .by = by});
}

// What is said is heard as what is written: for danger, by the departments' watches, and
// for a dispute.
static void listen(struct care *care, const struct dial *dial, const char *note,
                   const char *channel) {
  struct task task;
  struct buf body = {0};
  struct value view;
  if (note && *note && task_load(care->store, dial->task, &task)) {
    int64_t now = kernel_now(care->kernel);
    struct mapping map = mapping_begin(&body);
    mapping_text(&map, "channel", channel);
    mapping_text(&map, "department", task.department);
    mapping_text(&map, "form", task.form);
    mapping_text(&map, "text", note);
    mapping_end(&map);
    value_read(body.data, body.len, &view);
    event_record(care, task.patient, "reply", now, 0, 0, &view);
    overheard(care, &(struct overheard){task.patient, now, "robot", note});
    task_deinit(&task);
  }
  buf_deinit(&body);
}

static void hear(struct care *care, const struct dial *dial, struct inbox_row *row,
                 const char *code, const char *note, const char *channel) {
  const struct heard *heard = row->prepared;
  struct value answers = value_field(&row->body, "answers");
  const char *given = code ? code : "done";
  if (answers.kind != VALUE_MAP) {
    propose(care, dial, code, note);
  } else if (!heard->judged.given) {
    keep_words(care, dial, &answers, "the task asks nothing", note);
  } else if (heard->judged.status.code) {
    keep_words(care, dial, &answers, heard->judged.status.text, note);
  } else if (!voice_of(given) || !take_answers(care, dial, heard, given, note, channel)) {
    keep_words(care, dial, &answers, "they are for a person to take", note);
  } else {
    propose(care, dial, given, note);
  }
  stop_at_once(care, dial, code, channel);
  listen(care, dial, note, channel);
}

static int check(const struct value *body, const char *call, const char *code,
                 struct status *status) {
  struct value answers = value_field(body, "answers");
  if (call && !word_find(call))
    return status_fail(status, ERR_INVALID,
                       "call \"%s\" is none of answered busy no-answer rejected off void "
                       "failed",
                       call);
  if (code && !result_code_find(code))
    return status_fail(status, ERR_INVALID,
                       "code \"%s\" is no result; afterward codes lists them", code);
  if (!call && !code && answers.kind != VALUE_MAP)
    return status_fail(status, ERR_INVALID, "it says nothing: call, code or answers");
  return OK;
}

static int take(struct care *care, struct inbox_row *row, const char *call,
                const char *code, const char *note, struct status *status) {
  struct value channel = value_field(&row->body, "channel"),
               answers = value_field(&row->body, "answers");
  struct dial dial;
  if (!dial_find(care, &row->body, &dial))
    return status_fail(status, ERR_NOT_FOUND, "no call of this number was asked for");
  bool speaks = code || note || answers.kind == VALUE_MAP;
  const struct word *missed = code && !call ? word_find(code) : NULL;
  if (missed) call = code;
  char *name = value_copy_text(&channel);
  if (call || speaks) end(care, &dial, &row->body, call ? call : "answered");
  if (speaks && !dial.said)
    hear(care, &dial, row, code ? result_code_find(code)->code : NULL, note, name);
  store_exec(care->store, "UPDATE task SET revision=revision+1 WHERE id=?1", "i",
             dial.task);
  mem_free(name);
  return OK;
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  char *call = NULL, *code = NULL, *note = NULL;
  if (!field_text(&row->body, "call", 16, &call, status) &&
      !field_text(&row->body, "code", 64, &code, status) &&
      !field_text(&row->body, "note", NOTE_BYTES, &note, status) &&
      !check(&row->body, call, code, status))
    take(self, row, call, code, note, status);
  mem_free(call);
  mem_free(code);
  mem_free(note);
  return status->code;
}

void dial_result_handlers(struct care *care) {
  static const struct inbox_handler handler = {
      .kind = "dial.result", .prepare = prepare, .apply = apply, .release = release};
  kernel_handle_inbox(care->kernel, &handler, care);
}

static void submit(struct care *care, const char *channel, const struct value *item,
                   inbox_done *done, void *self) {
  struct merge *fields = mem_alloc(sizeof *fields);
  struct value_iter iter = value_iterate(item);
  struct value key, field, view;
  struct buf body = {0};
  char id[17];
  while (value_next(&iter, &key, &field)) {
    char *name = value_copy_text(&key);
    merge_value(fields, name, &field);
    mem_free(name);
  }
  merge_text(fields, "channel", channel);
  merge_end(fields, &body);
  mem_free(fields);
  value_read(body.data, body.len, &view);
  digest_random_id(id);
  kernel_submit(care->kernel, "dial", id, "dial.result", &view, INBOX_APPLIED, done,
                self);
  buf_deinit(&body);
}

void dial_heard(struct care *care, const char *channel, const struct value *list,
                inbox_done *done, void *self) {
  struct value_iter iter = value_iterate(list);
  struct value item;
  for (uint32_t left = value_count(list); value_next(&iter, NULL, &item); left--)
    submit(care, channel, &item, left == 1 ? done : NULL, self);
}
