#include "text.h"

#include <iconv.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void reserve(struct text *text, size_t more) {
  size_t room = text->room ? text->room : 256;
  while (room < text->len + more + 1) room += room / 2;
  if (room == text->room) return;
  char *data = realloc(text->data, room);
  if (!data) abort();  // as the engine does
  text->data = data;
  text->room = room;
}

void text_put(struct text *text, const void *bytes, size_t count) {
  reserve(text, count);
  if (count) memcpy(text->data + text->len, bytes, count);
  text->len += count;
  text->data[text->len] = '\0';
}

void text_puts(struct text *text, const char *word) {
  text_put(text, word, strlen(word));
}

void text_printf(struct text *text, const char *format, ...) {
  char small[512];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(small, sizeof small, format, args);
  va_end(args);
  text_put(text, small, (size_t)len < sizeof small ? (size_t)len : sizeof small - 1);
}

void text_free(struct text *text) {
  free(text->data);
  *text = (struct text){0};
}

struct slice text_slice(const struct text *text) {
  return (struct slice){text->data, text->len};
}

bool slice_is(struct slice slice, const char *word) {
  return slice.len == strlen(word) && memcmp(slice.at, word, slice.len) == 0;
}

bool slice_has(struct slice slice, const char *word) {
  size_t len = strlen(word);
  for (size_t at = 0; at + len <= slice.len; at++)
    if (strncasecmp(slice.at + at, word, len) == 0) return true;
  return false;
}

// Bytes of the character at the front; 0 when it is no UTF-8.
static size_t utf8_length(const unsigned char *at, size_t len) {
  size_t need = at[0] < 0x80             ? 1
                : (at[0] & 0xE0) == 0xC0 ? 2
                : (at[0] & 0xF0) == 0xE0 ? 3
                : (at[0] & 0xF8) == 0xF0 ? 4
                                         : 0;
  if (!need || need > len || at[0] == 0xC0 || at[0] == 0xC1) return 0;
  for (size_t i = 1; i < need; i++)
    if ((at[i] & 0xC0) != 0x80) return 0;
  if (need == 3 && ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F)))
    return 0;
  if (need == 4 && ((at[0] == 0xF0 && at[1] < 0x90) || at[0] > 0xF4 ||
                    (at[0] == 0xF4 && at[1] > 0x8F)))
    return 0;
  return need;
}

static bool is_utf8(struct slice text) {
  for (size_t at = 0, took; at < text.len; at += took)
    if (!(took = utf8_length((const unsigned char *)text.at + at, text.len - at)))
      return false;
  return true;
}

static void put_escaped(struct text *out, unsigned char byte) {
  if (byte == '"' || byte == '\\')
    text_printf(out, "\\%c", byte);
  else
    text_printf(out, "\\u%04x", byte);
}

void text_put_json(struct text *out, struct slice value) {
  text_puts(out, "\"");
  for (size_t at = 0, took; at < value.len; at += took) {
    const unsigned char *byte = (const unsigned char *)value.at + at;
    took = utf8_length(byte, value.len - at);
    if (!took)
      text_puts(out, "\xEF\xBF\xBD");
    else if (*byte < 0x20 || *byte == '"' || *byte == '\\' || *byte == 0x7F)
      put_escaped(out, *byte);
    else
      text_put(out, byte, took);
    if (!took) took = 1;
  }
  text_puts(out, "\"");
}

bool encoding_parse(const char *name, enum encoding *out) {
  static const char *const names[] = {"auto", "utf-8", "gb18030"};
  for (int i = 0; i < 3; i++)
    if (!strcasecmp(name, names[i])) {
      *out = (enum encoding)i;
      return true;
    }
  return false;
}

// MSH-18 is looked for by its words in the first segment: its delimiters may be trail
// bytes of characters until the encoding is known.
static struct slice first_segment(struct slice message) {
  size_t len = 0;
  while (len < message.len && message.at[len] != '\r' && message.at[len] != '\n') len++;
  return (struct slice){message.at, len};
}

enum encoding encoding_of(struct slice message, enum encoding configured) {
  if (configured != ENCODING_AUTO) return configured;
  struct slice header = first_segment(message);
  static const char *const chinese[] = {"GB18030", "GB 18030", "GBK", "GB2312",
                                        "GB 2312"};
  for (size_t i = 0; i < sizeof chinese / sizeof *chinese; i++)
    if (slice_has(header, chinese[i])) return ENCODING_GB18030;
  return is_utf8(message) ? ENCODING_UTF8 : ENCODING_GB18030;
}

static bool convert(struct slice from, const char *source, const char *target,
                    struct text *out) {
  iconv_t with = iconv_open(target, source);
  char *in = (char *)from.at;
  size_t left = from.len;
  bool ok = with != (iconv_t)-1;
  while (ok && left) {
    reserve(out, left + left / 2 + 16);
    char *to = out->data + out->len;
    size_t room = out->room - out->len - 1, before = room, had = left;
    iconv(with, &in, &left, &to, &room);
    out->len += before - room;
    ok = left < had;
  }
  if (with != (iconv_t)-1) iconv_close(with);
  text_put(out, "", 0);
  return ok;
}

bool encoding_read(struct slice message, enum encoding encoding, struct text *out) {
  static const char mark[] = "\xEF\xBB\xBF";
  if (message.len >= 3 && memcmp(message.at, mark, 3) == 0) {
    message.at += 3;
    message.len -= 3;
  }
  if (encoding == ENCODING_GB18030) return convert(message, "GB18030", "UTF-8", out);
  if (!is_utf8(message)) return false;
  text_put(out, message.at, message.len);
  return true;
}

bool encoding_write(struct slice utf8, enum encoding encoding, struct text *out) {
  if (encoding == ENCODING_GB18030) return convert(utf8, "UTF-8", "GB18030", out);
  text_put(out, utf8.at, utf8.len);
  return true;
}
