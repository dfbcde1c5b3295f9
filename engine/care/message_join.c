// Several things in one text: who it is to is said once, then each with its number.
#include "care/message_join.h"

#include <string.h>

#include "care/message_word.h"

static bool skip(const char **at, const char *end, const char *word) {
  size_t len = strlen(word);
  if ((size_t)(end - *at) < len || memcmp(*at, word, len) != 0) return false;
  *at += len;
  return true;
}

static bool skip_one(const char **at, const char *end, const char *const *words) {
  for (; *words; words++)
    if (skip(at, end, *words)) return true;
  return false;
}

size_t join_greeting(const char *text, size_t len) {
  static const char *const before[] = {"尊敬的", "Dear ", "Hello ", "Hi ", NULL};
  static const char *const names[] = {"{patient.title}", "{patient.name}", NULL};
  static const char *const hellos[] = {"您好", "你好", NULL};
  static const char *const marks[] = {"，", "！", "。", "：", "、", ",",
                                      "!",  ".",  ":",  " ",  NULL};
  const char *at = text, *end = text + len;
  skip_one(&at, end, before);
  bool named = skip_one(&at, end, names), greeted = skip_one(&at, end, hellos);
  if ((!named && !greeted) || !skip_one(&at, end, marks)) return 0;
  while (at < end && *at == ' ') at++;
  return (size_t)(at - text);
}

static bool is_repeated(const struct buf *parts, int at) {
  for (int i = 0; i < at; i++)
    if (parts[i].len == parts[at].len &&
        memcmp(buf_text(&parts[i]), buf_text(&parts[at]), parts[at].len) == 0)
      return true;
  return false;
}

int join_count(const struct buf *parts, int count) {
  int distinct = 0;
  for (int i = 0; i < count; i++) distinct += !is_repeated(parts, i);
  return distinct;
}

void join_parts(const struct words *words, const struct buf *parts, int count,
                struct buf *out) {
  bool english = strcmp(words->language, "en") == 0;
  int number = 0;
  if (english) buf_puts(out, "Dear ");
  words_put(words, "patient.title", strlen("patient.title"), out);
  buf_printf(out, english ? ", %d things for you:" : "您好，有%d件事：",
             join_count(parts, count));
  for (int i = 0; i < count; i++) {
    if (is_repeated(parts, i)) continue;
    // A link ends where the next thing begins.
    if ((number || english) && out->data[out->len - 1] != ' ') buf_putc(out, ' ');
    buf_printf(out, english ? "%d) " : "%d、", ++number);
    buf_put(out, parts[i].data, parts[i].len);
  }
  if (!english && out->data[out->len - 1] != ' ') buf_putc(out, ' ');
}
