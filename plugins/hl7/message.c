#include "message.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// --- splitting

// Where any CR is, segments end with CR, and a LF after it is dropped; else with LF.
static int segment_end(struct slice text) {
  return memchr(text.at, '\r', text.len) ? '\r' : '\n';
}

static struct slice take_segment(struct slice *rest, int end) {
  const char *at = rest->len ? memchr(rest->at, end, rest->len) : NULL;
  size_t len = at ? (size_t)(at - rest->at) : rest->len;
  struct slice out = {rest->at, len};
  size_t used = len + (at != NULL);
  if (end == '\r' && at && used < rest->len && rest->at[used] == '\n') used++;
  rest->at += used;
  rest->len -= used;
  return out;
}

static bool begins(struct slice line, const char *name) {
  return line.len > 3 && memcmp(line.at, name, 3) == 0;
}

static bool is_envelope(struct slice line) {
  return begins(line, "FHS") || begins(line, "BHS") || begins(line, "BTS") ||
         begins(line, "FTS") ||
         (line.len == 3 && (!memcmp(line.at, "BTS", 3) || !memcmp(line.at, "FTS", 3)));
}

bool message_next(struct slice *rest, struct slice *out) {
  if (!rest->len) return false;
  int end = segment_end(*rest);
  *out = (struct slice){NULL, 0};
  while (rest->len) {
    struct slice before = *rest, line = take_segment(rest, end);
    bool blank =
        !line.len ||
        (line.len == 1 && (*line.at == '\n' || *line.at == '\x1C' || *line.at == '\x0B'));
    if (out->at && (begins(line, "MSH") || is_envelope(line))) {
      *rest = before;
      return true;
    }
    if (blank || is_envelope(line)) continue;
    if (!out->at) out->at = line.at;
    out->len = (size_t)(line.at + line.len - out->at);
  }
  return out->at != NULL;
}

static const char *read_delimiters(struct message *message, struct slice header) {
  if (!begins(header, "MSH") || header.len < 8)
    return "the message does not begin with MSH and its delimiters";
  message->field = header.at[3];
  message->component = header.at[4];
  message->repeat = header.at[5];
  message->escape = header.at[6];
  message->sub = header.at[7] == message->field ? '&' : header.at[7];
  if (message->escape == message->field) {  // "MSH|^~|": no escapes
    message->escape = '\0';
    message->sub = '&';
  }
  const char marks[] = {message->field, message->component, message->repeat,
                        message->sub};
  for (size_t i = 0; i < sizeof marks; i++)
    if (!ispunct((unsigned char)marks[i]) || memchr(marks, marks[i], i))
      return "MSH-1 and MSH-2 must be different marks, such as |^~\\&";
  if (message->escape && (!ispunct((unsigned char)message->escape) ||
                          memchr(marks, message->escape, sizeof marks)))
    return "MSH-2: the escape must be a mark of its own, such as \\";
  return NULL;
}

const char *message_read(struct message *message, struct slice text) {
  int end = segment_end(text);
  size_t room = 0;
  *message = (struct message){0};
  while (text.len) {
    struct slice line = take_segment(&text, end);
    if (!line.len) continue;
    if (message->count == MESSAGE_SEGMENTS) {
      message_free(message);
      return "the message has more than 20,000 segments";
    }
    if (message->count == room) {
      room = room ? room * 2 : 16;
      message->segments = realloc(message->segments, room * sizeof *message->segments);
      if (!message->segments) abort();
    }
    message->segments[message->count++] = line;
  }
  const char *why = message->count ? read_delimiters(message, message->segments[0])
                                   : "the message is empty";
  if (why) message_free(message);
  return why;
}

void message_free(struct message *message) {
  free(message->segments);
  *message = (struct message){0};
}

// --- parts

bool segment_is(const struct message *message, size_t segment, const char *name) {
  struct slice line = message->segments[segment];
  return line.len >= 3 && memcmp(line.at, name, 3) == 0 &&
         (line.len == 3 || line.at[3] == message->field);
}

// Part n, from 0, between delimiters; empty past the end.
static struct slice part(struct slice whole, char delimiter, int n) {
  if (!whole.len || n < 0) return (struct slice){NULL, 0};
  const char *at = whole.at, *end = whole.at + whole.len;
  while (n-- > 0) {
    at = memchr(at, delimiter, (size_t)(end - at));
    if (!at) return (struct slice){NULL, 0};
    at++;
  }
  const char *stop = at < end ? memchr(at, delimiter, (size_t)(end - at)) : NULL;
  return (struct slice){at, (size_t)((stop ? stop : end) - at)};
}

struct slice segment_field(const struct message *message, size_t segment, int n) {
  struct slice line = message->segments[segment];
  if (!segment_is(message, segment, "MSH")) return part(line, message->field, n);
  if (n == 1) return (struct slice){line.at + 3, 1};
  return part(line, message->field, n - 1);
}

struct slice field_repeat(const struct message *message, struct slice field, int n) {
  return part(field, message->repeat, n);
}

int field_repeats(const struct message *message, struct slice field) {
  int count = field.len != 0;
  for (size_t i = 0; i < field.len; i++) count += field.at[i] == message->repeat;
  return count;
}

struct slice repeat_component(const struct message *message, struct slice repeat, int n) {
  return part(repeat, message->component, n - 1);
}

struct slice component_sub(const struct message *message, struct slice component, int n) {
  return part(component, message->sub, n - 1);
}

struct slice message_header(const struct message *message, int n) {
  return segment_field(message, 0, n);
}

// --- escapes

static int hex(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

static void put_hex(struct slice digits, struct text *out) {
  for (size_t i = 0; i + 1 < digits.len; i += 2) {
    int high = hex(digits.at[i]), low = hex(digits.at[i + 1]);
    char byte = (char)(high * 16 + low);
    if (high >= 0 && low >= 0) text_put(out, &byte, 1);
  }
}

static void put_escape(const struct message *message, struct slice word,
                       struct text *out) {
  const char *name = word.at;
  char what = word.len ? *name : '\0';
  if (word.len == 1 && strchr("FSTRE", what)) {
    char mark = what == 'F'   ? message->field
                : what == 'S' ? message->component
                : what == 'T' ? message->sub
                : what == 'R' ? message->repeat
                              : message->escape;
    text_put(out, &mark, 1);
  } else if (what == 'X') {
    put_hex((struct slice){name + 1, word.len - 1}, out);
  } else if (slice_is(word, ".br") || slice_is(word, ".sp")) {
    text_puts(out, "\n");
  }
}

void message_unescape(const struct message *message, struct slice value,
                      struct text *out) {
  while (value.len) {
    const char *from =
        message->escape ? memchr(value.at, message->escape, value.len) : NULL;
    size_t plain = from ? (size_t)(from - value.at) : value.len;
    text_put(out, value.at, plain);
    value.at += plain;
    value.len -= plain;
    if (!from) return;
    const char *to =
        value.len > 1 ? memchr(value.at + 1, message->escape, value.len - 1) : NULL;
    if (!to) {  // a lone one stands for itself
      text_put(out, value.at, value.len);
      return;
    }
    put_escape(message, (struct slice){value.at + 1, (size_t)(to - value.at) - 1}, out);
    value.len -= (size_t)(to + 1 - value.at);
    value.at = to + 1;
  }
}
