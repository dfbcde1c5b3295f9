#include "care/message_text.h"

#include <string.h>

#include "base/mem.h"
#include "care/keys.h"
#include "care/message_approved.h"
#include "care/message_join.h"
#include "care/message_word.h"

enum { FIELD_LONGEST = 64 };

// Standard texts; {form} is the form's title.
static const char ask_zh[] =
    "{patient.title}您好，{hospital.name}请您填写“{form}”：{link} ";
static const char ask_en[] =
    "Dear {patient.title}, {hospital.name} asks you to fill in \"{form}\": {link} ";
static const char remind_zh[] =
    "{patient.title}您好，“{form}”还没有收到，方便时请填写：{link} ";
static const char remind_en[] =
    "Dear {patient.title}, we are still waiting for \"{form}\": {link} ";
// A code that proves a number (proof.h).
static const char code_zh[] =
    "【{hospital.name}】核对联系号码，验证码 {code}，{minutes} 分钟内请告诉护士";
static const char code_page_zh[] = "，或在 {link}/number 填写";
static const char code_en[] =
    "【{hospital.name}】Your number is being checked. The code is {code}; tell it to the "
    "nurse within {minutes} minutes";
static const char code_page_en[] = ", or type it at {link}/number ";
// WARD 6: at the foot of every message.
static const char foot_zh[] = "（非实时值守，紧急请拨120）";
static const char foot_en[] =
    " (Not attended round the clock. In an emergency call 120.)";

// Placeholders are filled in once: what they stand for is not looked through again.
static bool fill(const struct words *words, bool greets, const char *text, size_t len,
                 struct buf *out, struct buf *missing) {
  for (size_t at = greets ? 0 : join_greeting(text, len); at < len;) {
    const char *end = text[at] == '{' ? memchr(text + at, '}', len - at) : NULL;
    size_t name = end ? (size_t)(end - text) - at - 1 : 0;
    if (!end || name == 0 || name > FIELD_LONGEST) {
      buf_putc(out, text[at++]);
    } else if (words_put(words, text + at + 1, name, out)) {
      at += name + 2;
    } else {
      buf_put(missing, text + at + 1, name);
      return false;
    }
  }
  return true;
}

static bool fill_template(const struct words *words, bool greets, struct buf *out,
                          struct buf *missing) {
  struct value text = message_worded(&words->definition, words->channel, words->language,
                                     words->may_know);
  if (text.kind != VALUE_TEXT) {
    buf_printf(missing, "%s", words->message->name);
    return false;
  }
  return fill(words, greets, text.text.data, text.text.len, out, missing);
}

static bool fill_question(const struct words *words, bool greets, struct buf *out,
                          struct buf *missing) {
  bool english = strcmp(words->language, "en") == 0;
  bool again = strcmp(words->message->kind, "remind") == 0;
  const char *text = again ? english ? remind_en : remind_zh : english ? ask_en : ask_zh;
  return fill(words, greets, text, strlen(text), out, missing);
}

// As lists and commands name it.
static void put_alert_id(struct care *care, int64_t alert, struct buf *out) {
  struct keys keys;
  struct status status = {0};
  char id[PUBLIC_ID_SIZE];
  if (keys_load(care->store, &keys, &status)) return;
  public_id_format(keys.public_id, 'a', alert, id);
  buf_puts(out, id);
}

// What isn't urgent speaks for the rest of it, which repeats no page of its own.
static void put_others(struct care *care, int64_t alert, struct buf *out) {
  int64_t others = store_int(
      care->store, 0,
      "SELECT count(*) FROM alert a JOIN alert b ON b.id=?1 WHERE "
      "a.department=b.department AND a.status<>'closed' AND a.status='open' AND "
      "a.id<>?1 AND a.level IN ('soon','stuck') AND b.level IN ('soon','stuck')",
      "i", alert);
  if (others) buf_printf(out, "（另有 %lld 条未确认）", (long long)others);
}

// Staff see which alert, never whose: pages may end in a group's chat.
static bool fill_page(const struct words *words, struct buf *out) {
  const struct message *message = words->message;
  char *level = store_text(words->care->store, "SELECT level FROM alert WHERE id=?1", "i",
                           message->alert);
  buf_puts(out, "【预警】");
  if (level) buf_printf(out, "%s ", level);
  words_put(words, "department.title", strlen("department.title"), out);
  buf_printf(out, " %s ", message->name);
  put_alert_id(words->care, message->alert, out);
  put_others(words->care, message->alert, out);
  buf_puts(out, "，请确认接收。");
  mem_free(level);
  return true;
}

// To a number that may be anybody's: nothing of the patient, the ward or the programme.
static bool fill_code(const struct words *words, struct buf *out, struct buf *missing) {
  bool english = strcmp(words->language, "en") == 0;
  const char *base = words->care->site->base_url,
             *page = english ? code_page_en : code_page_zh,
             *text = english ? code_en : code_zh;
  if (!fill(words, true, text, strlen(text), out, missing)) return false;
  if (base && *base && !fill(words, true, page, strlen(page), out, missing)) return false;
  buf_puts(out, english ? "." : "。");
  return true;
}

static void put_signature(const struct words *words, struct buf *out) {
  buf_puts(out, "【");
  if (!words_put(words, "program.name", strlen("program.name"), out))
    words_put(words, "department.title", strlen("department.title"), out);
  buf_puts(out, "】");
}

static bool fill_body(const struct words *words, bool greets, struct buf *out,
                      struct buf *missing) {
  return strcmp(words->message->kind, "send") == 0
             ? fill_template(words, greets, out, missing)
             : fill_question(words, greets, out, missing);
}

// Whole even where the text names 120: that may be a pressure or part of a number.
static void put_foot(const struct words *words, struct buf *out) {
  buf_puts(out, strcmp(words->language, "en") == 0 ? foot_en : foot_zh);
}

bool message_text_whole(const struct words *words, struct buf *out, struct buf *missing) {
  if (message_is_page(words->message)) return fill_page(words, out);
  if (words->message->address) {
    if (!fill_code(words, out, missing)) return false;
  } else {
    put_signature(words, out);
    if (!fill_body(words, true, out, missing)) return false;
  }
  put_foot(words, out);
  return true;
}

bool message_text(struct care *care, const struct message *message, int64_t person,
                  const char *channel, struct buf *out, struct buf *missing) {
  struct words words;
  words_init(&words, care, message, person, channel);
  return message_text_whole(&words, out, missing);
}

bool message_write(struct care *care, struct message *message, int64_t person,
                   const char *channel, struct buf *missing) {
  struct words words;
  struct buf text = {0}, approved = {0};
  words_init(&words, care, message, person, channel);
  bool whole = message_text_whole(&words, &text, missing) &&
               message_approved_put(&words, &approved, missing);
  buf_deinit(&message->approved);
  message->approved = approved;
  mem_free(message->text);
  message->text = whole ? mem_copy_text(buf_text(&text)) : NULL;
  buf_deinit(&text);
  return whole;
}

bool message_text_part(struct care *care, const struct message *message, int64_t person,
                       const char *channel, struct buf *out, struct buf *missing) {
  struct words words;
  words_init(&words, care, message, person, channel);
  return fill_body(&words, false, out, missing);
}

void message_text_join(struct care *care, const struct message *first, int64_t person,
                       const char *channel, const struct buf *parts, int count,
                       struct buf *out) {
  struct words words;
  struct buf missing = {0};
  words_init(&words, care, first, person, channel);
  put_signature(&words, out);
  if (join_count(parts, count) > 1)
    join_parts(&words, parts, count, out);
  else
    fill_body(&words, true, out, &missing);
  put_foot(&words, out);
  buf_deinit(&missing);
}
