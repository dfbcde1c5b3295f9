#include "words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"",      "time",    "date",   "phone", "name", "said",
                                    "short", "deleted", "number", "low",   "high"};
enum { SHORT = 2000, ESCAPED = 4 };  // bytes of a short text; how much escapes swell one

bool words_kind(const char *name, enum words_kind *out) {
  for (size_t i = 1; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i])) {
      *out = (enum words_kind)i;
      return true;
    }
  return false;
}

static bool digits(const char *at, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (at[i] < '0' || at[i] > '9') return false;
  return true;
}

static int two(const char *at, const char *otherwise) {
  const char *from = digits(at, 2) ? at : otherwise;
  return (from[0] - '0') * 10 + from[1] - '0';
}

// "+0800" at its end, or nothing.
static const char *offset_of(const char *text) {
  size_t len = strlen(text);
  const char *at = len > 5 ? text + len - 5 : text;
  return (*at == '+' || *at == '-') && digits(at + 1, 4) ? at : NULL;
}

static void put_time(const char *text, bool date, struct text *out) {
  char all[15] = "";
  size_t count = strspn(text, "0123456789");
  if (count < (date ? 8u : 4u)) return;
  memcpy(all, text, count < 14 ? count : 14);
  text_printf(out, "%.4s-%02d-%02d", all, two(all + 4, "01"), two(all + 6, "01"));
  if (date) return;
  text_printf(out, "T%02d:%02d:%02d", two(all + 8, "00"), two(all + 10, "00"),
              two(all + 12, "00"));
  const char *offset = offset_of(text);
  if (offset) text_printf(out, "%.3s:%.2s", offset, offset + 3);
}

// Events have texts of one line.
static void put_line(struct text *plain, struct text *out) {
  for (size_t i = 0; i < plain->len; i++)
    if ((unsigned char)plain->data[i] < ' ' || plain->data[i] == 0x7F)
      plain->data[i] = ' ';
  text_put(out, plain->data, plain->len);
}

static void put_part(const struct message *message, struct slice repeat, int n,
                     struct text *out) {
  struct slice part = component_sub(message, repeat_component(message, repeat, n), 1);
  struct text plain = {0};
  if (!slice_is(part, "\"\"")) message_unescape(message, part, &plain);
  if (plain.len) put_line(&plain, out);
  text_free(&plain);
}

static bool is_phone(const struct text *text) {
  size_t count = 0;
  if (!text->len || memchr(text->data, '@', text->len)) return false;
  for (size_t i = 0; i < text->len; i++) {
    if (isalpha((unsigned char)text->data[i])) return false;
    count += text->data[i] >= '0' && text->data[i] <= '9';
  }
  return count >= 7 && count <= 16;
}

static void put_phone(const struct message *message, struct slice repeat,
                      struct text *out) {
  for (int way = 0; way < 3; way++) {
    struct text found = {0};
    if (way == 0) put_part(message, repeat, 12, &found);
    if (way == 1) {
      put_part(message, repeat, 6, &found);
      put_part(message, repeat, 7, &found);
    }
    if (way == 2) put_part(message, repeat, 1, &found);
    bool good = is_phone(&found);
    if (good) text_put(out, found.data, found.len);
    text_free(&found);
    if (good) return;
  }
}

static bool ends_in_letter(const struct text *text) {
  return text->len && isalpha((unsigned char)text->data[text->len - 1]);
}

// XCN has an id before the name: then family and given are its second and third.
static void put_name(const struct message *message, struct slice repeat,
                     struct text *out) {
  struct text given = {0}, first = {0};
  put_part(message, repeat, 1, &first);
  bool id = first.len && strcspn(first.data, "0123456789") < first.len;
  if (!id) text_put(out, first.data, first.len);
  if (id) put_part(message, repeat, 2, out);
  put_part(message, repeat, id ? 3 : 2, &given);
  if (given.len && ends_in_letter(out)) text_puts(out, " ");
  text_put(out, given.data, given.len);
  if (!out->len && id) text_put(out, first.data, first.len);
  text_free(&given);
  text_free(&first);
}

// As JSON wants it: no plus, no bare point, no leading noughts.
static void put_number(const char *text, struct text *out) {
  char *end;
  while (*text == ' ') text++;
  double number = strtod(text, &end);
  size_t used = (size_t)(end - text);
  if (!used || end[strspn(end, " ")] || strspn(text, "+-0123456789.eE") < used) return;
  text_printf(out, "%.15g", number);
}

// The components one after another: a structured number as people write it, ">5",
// "1:128".
static void put_said(const struct message *message, struct slice repeat,
                     struct text *out) {
  for (int n = 1; n <= 4; n++) put_part(message, repeat, n, out);
}

// "36.6", or the second component when nothing was compared: "^36.6", "=^36.6". What is
// known only as above or below, as a range or a ratio, is no number.
static void put_measured(const struct message *message, struct slice repeat,
                         struct text *out) {
  struct text said = {0};
  put_said(message, repeat, &said);
  if (said.len) put_number(said.data + (said.data[0] == '='), out);
  text_free(&said);
}

// A report of megabytes says nothing here.
static void put_short(const struct message *message, struct slice repeat,
                      struct text *out) {
  struct text plain = {0};
  if (repeat.len > SHORT * ESCAPED || slice_is(repeat, "\"\"")) return;
  message_unescape(message, repeat, &plain);
  if (plain.len && plain.len <= SHORT) put_line(&plain, out);
  text_free(&plain);
}

static bool begins(const char *text, const char *const *words, size_t *len) {
  for (; *words; words++)
    if (!strncmp(text, *words, *len = strlen(*words))) return true;
  return false;
}

// "3.9-6.1", also as "3.9--6.1" and "3.9~6.1".
static void put_between(const char *text, bool low, struct text *out) {
  char *end;
  double first = strtod(text, &end);
  struct text front = {0};
  const char *stroke = end + strspn(end, " ");
  if (end == text || (*stroke != '-' && *stroke != '~')) return;
  text_put(&front, text, (size_t)(end - text));
  if (first >= 0 && stroke[1] == '-') stroke++;
  put_number(low ? front.data : stroke + 1, out);
  text_free(&front);
}

static void put_end(const char *text, bool low, struct text *out) {
  static const char *const above[] = {">=", ">", "≥", NULL}, *const below[] = {"<=", "<",
                                                                               "≤", NULL};
  size_t len;
  text += strspn(text, " ");
  if (begins(text, above, &len)) {
    if (low) put_number(text + len, out);
  } else if (begins(text, below, &len)) {
    if (!low) put_number(text + len, out);
  } else {
    put_between(text, low, out);
  }
}

static void put_range(const struct message *message, struct slice repeat, bool low,
                      struct text *out) {
  struct text plain = {0};
  if (!slice_is(repeat, "\"\"")) message_unescape(message, repeat, &plain);
  if (plain.len) put_end(plain.data, low, out);
  text_free(&plain);
}

static void put_plain(const struct message *message, struct slice repeat,
                      enum words_kind kind, struct text *out) {
  struct text plain = {0};
  if (!slice_is(repeat, "\"\"")) message_unescape(message, repeat, &plain);
  if (plain.len && kind == WORDS_TEXT) put_line(&plain, out);
  if (plain.len && kind != WORDS_TEXT) put_time(plain.data, kind == WORDS_DATE, out);
  text_free(&plain);
}

void words_put(const struct message *message, struct slice repeat, enum words_kind kind,
               struct text *out) {
  switch (kind) {
    case WORDS_PHONE: put_phone(message, repeat, out); break;
    case WORDS_NAME: put_name(message, repeat, out); break;
    case WORDS_SAID: put_said(message, repeat, out); break;
    case WORDS_SHORT: put_short(message, repeat, out); break;
    case WORDS_DELETED:
      if (slice_is(repeat, "\"\"")) text_puts(out, "Y");
      break;
    case WORDS_NUMBER: put_measured(message, repeat, out); break;
    case WORDS_LOW: put_range(message, repeat, true, out); break;
    case WORDS_HIGH: put_range(message, repeat, false, out); break;
    case WORDS_TEXT:
    case WORDS_TIME:
    case WORDS_DATE: put_plain(message, repeat, kind, out); break;
  }
}
