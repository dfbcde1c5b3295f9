#include "care/reply_read.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "care/reply_number.h"

enum { LONGEST = 400 };  // bytes of a reply that may be one word or number

static bool is_one_of(const struct buf *text, const char *const *words) {
  for (; *words; words++)
    if (strlen(*words) == text->len && !memcmp(*words, buf_text(text), text->len))
      return true;
  return false;
}

static bool read_yesno(const struct buf *text, struct buf *out) {
  static const char *const yes[] = {"是",   "是的", "有",  "有的", "对", "对的", "要",
                                    "需要", "可以", "yes", "y",    "ok", "1",    NULL};
  static const char *const no[] = {"否",   "不",     "不是", "没有", "没",
                                   "无",   "没有的", "不要", "不用", "不需要",
                                   "不对", "no",     "n",    "2",    NULL};
  bool said = is_one_of(text, yes);
  if (!said && !is_one_of(text, no)) return false;
  value_put_bool(out, said);
  return true;
}

static bool read_number(const struct buf *text, struct buf *out) {
  double number;
  if (!reply_number(buf_text(text), text->len, &number)) return false;
  if (number == floor(number))
    value_put_int(out, (int64_t)number);
  else
    value_put_real(out, number);
  return true;
}

static bool says(const struct buf *text, const struct value *words) {
  struct buf plain = {0};
  if (words->kind == VALUE_TEXT) fold_plain(words->text.data, words->text.len, &plain);
  bool same = plain.len && plain.len == text->len &&
              !memcmp(plain.data, buf_text(text), plain.len);
  buf_deinit(&plain);
  return same;
}

static bool says_option(const struct buf *text, const struct value *option,
                        uint32_t place) {
  struct value value = value_field(option, "value"), words = value_field(option, "text");
  if (words.kind != VALUE_MAP) words = *option;  // one that was offered this time
  struct value zh = value_field(&words, "zh"), en = value_field(&words, "en");
  if (value.kind == VALUE_NIL) value = value_at(option, 0);
  const char *plain = buf_text(text);
  if (text->len == 1 &&
      (plain[0] == (char)('1' + place) || plain[0] == (char)('a' + place)))
    return place < 9;
  return says(text, &zh) || says(text, &en) || says(text, &value);
}

static bool read_option(const char *text, size_t len, const struct value *options,
                        struct buf *out) {
  struct buf plain = {0};
  struct value option;
  struct value_iter iter = value_iterate(options);
  bool found = false;
  fold_plain(text, len, &plain);
  for (uint32_t place = 0; !found && value_next(&iter, NULL, &option); place++) {
    struct value value = value_field(&option, "value");
    if (value.kind == VALUE_NIL) value = value_at(&option, 0);
    found = says_option(&plain, &option, place);
    if (found) value_put(out, &value);
  }
  buf_deinit(&plain);
  return found;
}

// Bytes of the separator at the front; 0 when there is none.
static size_t separator(const char *text, size_t len) {
  static const char *const marks[] = {" ", ",",  "，", "、", "　",
                                      ";", "；", "/",  "\n", NULL};
  for (const char *const *mark = marks; *mark; mark++)
    if (len >= strlen(*mark) && !memcmp(text, *mark, strlen(*mark))) return strlen(*mark);
  return 0;
}

static size_t word_length(const char *text, size_t len) {
  size_t at = 0;
  while (at < len && !separator(text + at, len - at)) at++;
  return at;
}

static bool read_options(const char *text, size_t len, const struct value *options,
                         struct buf *out) {
  size_t list = value_begin_list(out);
  uint32_t count = 0;
  for (size_t at = 0; at < len;) {
    size_t word = word_length(text + at, len - at);
    if (word && !read_option(text + at, word, options, out)) return false;
    count += word > 0;
    at += word ? word : separator(text + at, len - at);
  }
  value_end(out, list, count);
  return count > 0;
}

static bool read_choice(const struct value *item, const struct value *options,
                        const char *text, size_t len, struct buf *out) {
  struct value many = value_field(item, "many");
  size_t before = out->len;
  if (!value_true(&many)) return read_option(text, len, options, out);
  if (read_options(text, len, options, out)) return true;
  out->len = before;
  return false;
}

bool reply_read_item(const struct value *item, const struct value *options,
                     const char *text, size_t len, struct buf *out) {
  struct value kind = value_field(item, "kind");
  if (value_is(&kind, "text")) {
    value_put_bytes(out, text, len);
    return len > 0;
  }
  if (len > LONGEST) return false;
  if (value_is(&kind, "choice")) return read_choice(item, options, text, len, out);
  struct buf plain = {0};
  bool found = false;
  fold_plain(text, len, &plain);
  if (value_is(&kind, "yesno"))
    found = read_yesno(&plain, out);
  else if (value_is(&kind, "scale") || value_is(&kind, "number"))
    found = read_number(&plain, out);
  buf_deinit(&plain);
  return found;
}

// Whether it begins with one of them; apart: and with a mark or nothing after it.
static bool begins_with(const char *text, size_t len, const char *const *words,
                        bool apart) {
  for (; *words; words++) {
    size_t size = strlen(*words);
    if (len < size || strncasecmp(text, *words, size) != 0) continue;
    static const char *const marks[] = {"：", ":", "。", "！", "!", "+", ".", NULL};
    bool mark = len == size || separator(text + size, len - size);
    for (size_t i = 0; !mark && marks[i]; i++)
      mark = !strncmp(text + size, marks[i], strlen(marks[i]));
    if (mark || !apart) return true;
  }
  return false;
}

static const char *const plain_words[] = {"投诉",     "我要投诉", "我想投诉", "表扬",
                                          "我要表扬", "举报",     NULL};
static const char *const apart_words[] = {"意见",      "建议",     "反馈",   "我要反馈",
                                          "complaint", "feedback", "praise", NULL};

static bool is_feedback(const char *text, size_t len) {
  return begins_with(text, len, plain_words, false) ||
         begins_with(text, len, apart_words, true);
}

bool reply_is_keyword(const char *text, size_t len) {
  struct buf plain = {0};
  if (len > LONGEST) return false;
  fold_plain(text, len, &plain);
  bool is = is_one_of(&plain, plain_words) || is_one_of(&plain, apart_words);
  buf_deinit(&plain);
  return is;
}

enum reply_word reply_word(const char *text, size_t len) {
  while (len && strchr(" \t\r\n", *text)) text++, len--;
  if (is_feedback(text, len)) return REPLY_FEEDBACK;
  static const char *const all[] = {"全部退订", "退订全部", "退订所有", "stopall", NULL};
  static const char *const stop[] = {"退订",        "td",          "t",    "n",    "r",
                                     "tdr",         "取消订阅",    "拒收", "停止", "stop",
                                     "unsubscribe", "拒收请回复r", NULL};
  static const char *const wrong[] = {
      "打错了",   "发错了",     "你打错了", "你发错了",    "您打错了",
      "您发错了", "发错人了",   "找错人了", "打错电话了",  "号码错了",
      "不是本人", "我不是本人", "不认识",   "我不认识",    "不认识他",
      "不认识她", "你找错人了", "错号",     "wrongnumber", NULL};
  if (len > LONGEST) return REPLY_OTHER;
  struct buf plain = {0};
  fold_plain(text, len, &plain);
  enum reply_word found = is_one_of(&plain, all)     ? REPLY_STOP_ALL
                          : is_one_of(&plain, stop)  ? REPLY_STOP
                          : is_one_of(&plain, wrong) ? REPLY_WRONG_NUMBER
                                                     : REPLY_OTHER;
  buf_deinit(&plain);
  return found;
}
