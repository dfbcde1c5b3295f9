#include "care/message_word.h"

#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "care/keys.h"
#include "care/message_about.h"
#include "care/message_approved.h"
#include "care/message_day.h"
#include "care/message_preview.h"

// Where the provider approved no English text, everybody gets the Chinese one.
static bool only_chinese(const struct words *words) {
  struct value approved =
      message_approved(&words->definition, words->channel, words->message->kind);
  struct value english = value_field(&approved, "en");
  return approved.kind != VALUE_NIL && english.kind == VALUE_NIL;
}

void words_init(struct words *words, struct care *care, const struct message *message,
                int64_t person, const char *channel) {
  *words = (struct words){.care = care, .message = message, .channel = channel};
  words->definition = message_definition(care, message);
  words->language =
      message_about(care, message)->english && !only_chinese(words) ? "en" : "zh";
  words->program = message_program(care, message);
  words->department = catalog_department(care->catalog, message->department);
  words->may_know = message_may_know(care, message, person);
  if (message->fields.len)
    value_read(message->fields.data, message->fields.len, &words->fields);
}

static bool put_text(struct buf *out, const char *text) {
  if (!text || !*text) return false;
  buf_puts(out, text);
  return true;
}

static bool put_view(struct buf *out, struct value text) {
  if (text.kind != VALUE_TEXT || !text.text.len) return false;
  buf_put(out, text.text.data, text.text.len);
  return true;
}

static bool put_scalar(struct buf *out, const struct value *value) {
  if (value->kind == VALUE_TEXT) return put_view(out, *value);
  if (value->kind != VALUE_INT && value->kind != VALUE_REAL) return false;
  value_to_json(out, value);
  return true;
}

// First column as text, with one id.
static bool put_row(struct buf *out, struct stmt *row) {
  bool found = stmt_row(row) && put_text(out, stmt_text(row, 0));
  stmt_done(row);
  return found;
}

static bool put_code(const struct words *words, struct buf *out) {
  return words->message->question &&
         put_row(out,
                 store_query(words->care->store, "SELECT code FROM question WHERE id=?1",
                             "i", words->message->question));
}

// Without a question of its own, and where the channel takes no link of a person's own, a
// message leads to the page where a code is typed in.
static bool put_link(const struct words *words, struct buf *out) {
  if (!put_text(out, words->care->site->base_url)) return false;
  buf_puts(out, "/f");
  if (!words->message->question) return true;
  bool english = strcmp(words->language, "en") == 0;
  buf_puts(out, !words->message->linkless ? "/" : english ? " code " : " 短码");
  return put_code(words, out);
}

static bool put_name(const struct words *words, struct buf *out) {
  return put_row(out, store_query(words->care->store,
                                  "SELECT value, min((position<<40)+id) FROM identity"
                                  " WHERE person=?1 AND kind='name'",
                                  "i", words->message->patient));
}

static bool put_title(const struct words *words, struct buf *out) {
  struct buf name = {0};
  bool found = put_name(words, &name);
  const char *sex = message_about(words->care, words->message)->sex;
  if (found)
    words_title(buf_text(&name), *sex ? sex : NULL, words->language, out);
  else
    buf_puts(out, strcmp(words->language, "en") == 0 ? "patient" : "患者");
  buf_deinit(&name);
  return true;
}

static bool put_ward(const struct words *words, struct buf *out) {
  return put_row(out, store_query(words->care->store,
                                  "SELECT n.ward FROM enrollment e JOIN encounter n ON"
                                  " n.id=e.encounter WHERE e.id=?1",
                                  "i", words->message->enrollment));
}

static bool put_time(const struct words *words, struct buf *out, bool clock, int64_t at) {
  const struct zone *zone = message_about(words->care, words->message)->zone;
  struct civil civil = zone_civil(zone, at);
  char day[DAY_SIZE];
  day_text(zone, at, day);
  if (clock)
    buf_printf(out, "%02d:%02d", (int)civil.hour, (int)civil.minute);
  else
    buf_puts(out, day);
  return true;
}

static bool put_visit(const struct words *words, struct buf *out, bool clock) {
  struct care *care = words->care;
  int64_t at =
      store_int(care->store, 0,
                "SELECT min(at) FROM appointment WHERE patient=?1 AND at>?2 AND status IN"
                " ('booked','changed')",
                "ii", words->message->patient, kernel_now(care->kernel));
  return at ? put_time(words, out, clock, at) : false;
}

static bool put_department_phone(const struct words *words, struct buf *out) {
  return put_view(out, value_field(&words->department, "phone")) ||
         put_text(out, words->care->site->phone);
}

static bool put_practice(const struct words *words, const char *field, struct buf *out) {
  const struct buf *settings = &words->care->site->settings;
  struct value all = {.kind = VALUE_NIL};
  if (settings->len) value_read(settings->data, settings->len, &all);
  struct value practice = value_field(&all, "practice");
  if (put_view(out, value_field(&practice, field))) return true;
  if (strcmp(field, "phone") == 0) return put_department_phone(words, out);
  return put_text(out, words->care->site->hospital);
}

static bool put_program(const struct words *words, const char *field, struct buf *out) {
  struct value text =
      message_shown(&words->program, field, words->language, words->may_know);
  if (put_view(out, text)) return true;
  if (strcmp(field, "phone") == 0) return put_department_phone(words, out);
  return put_text(out, words->care->site->hospital);
}

static bool put_department(const struct words *words, struct buf *out) {
  struct value title = value_field(&words->department, "title");
  if (title.kind == VALUE_NIL) return put_text(out, words->message->department);
  return put_view(out, text_in(&title, words->language));
}

// The number that the sender was told, and the page that shows how far it is.
static bool put_case(const struct words *words, bool link, struct buf *out) {
  struct buf number = {0};
  bool found = put_row(&number, store_query(words->care->store,
                                            "SELECT number FROM case_file WHERE "
                                            "enrollment=?1",
                                            "i", words->message->enrollment));
  if (found && link) buf_printf(out, "%s/case/", words->care->site->base_url);
  if (found) buf_put(out, number.data, number.len);
  buf_deinit(&number);
  return found;
}

// The page on which its sender says more, known by it. Where the channel takes no link of
// a person's own: the page that asks for both.
static bool put_case_page(const struct words *words, struct buf *out) {
  struct care *care = words->care;
  struct keys keys;
  struct status status = {0};
  char code[CASE_CODE_SIZE],
      *number =
          store_text(care->store, "SELECT number FROM case_file WHERE enrollment=?1", "i",
                     words->message->enrollment);
  bool found = number && !keys_load(care->store, &keys, &status);
  if (found) {
    case_code(keys.link, number, code);
    if (words->message->linkless)
      buf_printf(out, "%s/case %s%s", care->site->base_url,
                 strcmp(words->language, "en") ? "查询码" : "code ", code);
    else
      buf_printf(out, "%s/feedback?case=%s&code=%s", care->site->base_url, number, code);
  }
  mem_free(number);
  return found;
}

static bool put_known(const struct words *words, const char *name, struct buf *out) {
  const struct site *site = words->care->site;
  int64_t now = kernel_now(words->care->kernel);
  if (strcmp(name, "link") == 0) return put_link(words, out);
  if (strcmp(name, "code") == 0) return put_code(words, out);
  if (strcmp(name, "date") == 0) return put_time(words, out, false, now);
  if (strcmp(name, "time") == 0) return put_time(words, out, true, now);
  if (strcmp(name, "patient.name") == 0) return put_name(words, out);
  if (strcmp(name, "patient.title") == 0) return put_title(words, out);
  if (strcmp(name, "hospital.name") == 0) return put_text(out, site->hospital);
  if (strcmp(name, "hospital.phone") == 0) return put_text(out, site->phone);
  if (strcmp(name, "department.title") == 0) return put_department(words, out);
  if (strcmp(name, "department.phone") == 0) return put_department_phone(words, out);
  if (strcmp(name, "program.name") == 0) return put_program(words, "name", out);
  if (strcmp(name, "program.phone") == 0) return put_program(words, "phone", out);
  if (strcmp(name, "practice.name") == 0) return put_practice(words, "name", out);
  if (strcmp(name, "practice.phone") == 0) return put_practice(words, "phone", out);
  if (strcmp(name, "ward.name") == 0) return put_ward(words, out);
  if (strcmp(name, "case.number") == 0) return put_case(words, false, out);
  if (strcmp(name, "case.link") == 0) return put_case(words, true, out);
  if (strcmp(name, "case.page") == 0) return put_case_page(words, out);
  if (strcmp(name, "visit.date") == 0) return put_visit(words, out, false);
  if (strcmp(name, "visit.time") == 0) return put_visit(words, out, true);
  return false;
}

// Of a question and its reminder: what is asked. Without a title as its page says; never
// its id, which is for scripts and may name what not every patient knows.
static bool put_form(const struct words *words, struct buf *out) {
  struct value title =
      message_shown(&words->definition, "title", words->language, words->may_know);
  return put_view(out, title) ||
         put_text(out, strcmp(words->language, "en") ? "随访问卷" : "Follow-up");
}

bool words_put(const struct words *words, const char *name, size_t len, struct buf *out) {
  char word[64];
  if (len == 0 || len >= sizeof word) return false;
  memcpy(word, name, len);
  word[len] = '\0';
  if (!strcmp(word, "form") && strcmp(words->message->kind, "send"))
    return put_form(words, out);
  struct value own = value_field(&words->fields, word);
  if (own.kind == VALUE_MAP) return put_view(out, text_in(&own, words->language));
  if (own.kind != VALUE_NIL) return put_scalar(out, &own);
  bool english = strcmp(words->language, "en") == 0;
  if (words->made_up && preview_word(words->care, word, english, out)) return true;
  return put_known(words, word, out);
}
