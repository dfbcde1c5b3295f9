// Texts and numbers of JSON.
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/value_parse.h"

static bool is_digit(const struct parse *parse) {
  return parse->at < parse->end && *parse->at >= '0' && *parse->at <= '9';
}

static int put_number(struct parse *parse, const char *from, bool real) {
  char short_text[32], *text = short_text;
  size_t len = (size_t)(parse->at - from);
  if (len >= sizeof short_text)
    text = mem_copy_bytes(from, len);
  else
    memcpy(text, from, len), text[len] = '\0';
  errno = 0;
  double number = real ? strtod(text, NULL) : 0;
  long long whole = real ? 0 : strtoll(text, NULL, 10);
  bool fits = real ? isfinite(number) : errno == 0;
  if (text != short_text) mem_free(text);
  if (!fits)
    return parse_fail(parse, parse->at,
                      "a number is out of range; send it as text in quotes");
  if (real)
    value_put_real(parse->out, number);
  else
    value_put_int(parse->out, whole);
  return OK;
}

static bool pass_digits(struct parse *parse) {
  const char *from = parse->at;
  while (is_digit(parse)) parse->at++;
  return parse->at > from;
}

static bool pass(struct parse *parse, const char *any) {
  bool there = parse->at < parse->end && *parse->at && strchr(any, *parse->at);
  parse->at += there;
  return there;
}

int parse_number(struct parse *parse) {
  const char *from = parse->at;
  bool real = false;
  pass(parse, "-");
  bool good = pass(parse, "0") ? !is_digit(parse) : pass_digits(parse);
  if (good && pass(parse, ".")) good = real = pass_digits(parse);
  if (good && pass(parse, "eE")) {
    pass(parse, "+-");
    good = real = pass_digits(parse);
  }
  return good ? put_number(parse, from, real) : parse_fail(parse, parse->at, parse_wrong);
}

static long hex4(const struct parse *parse) {
  long code = 0;
  if (parse->end - parse->at < 4) return -1;
  for (int i = 0; i < 4; i++) {
    char byte = parse->at[i];
    int digit = byte >= '0' && byte <= '9'   ? byte - '0'
                : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

static void put_utf8(struct buf *out, long code) {
  int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static const int heads[] = {0, 0xC0, 0xE0, 0xF0};
  buf_putc(out, (char)(heads[more] | code >> 6 * more));
  while (more-- > 0) buf_putc(out, (char)(0x80 | (code >> 6 * more & 0x3F)));
}

// After "\u". A pair of surrogates is one character; half of one is none.
static int parse_code(struct parse *parse) {
  long code = hex4(parse);
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF))
    return parse_fail(parse, parse->at, parse_wrong);
  parse->at += 4;
  if (code >= 0xD800 && code <= 0xDBFF) {
    if (parse->end - parse->at < 2 || memcmp(parse->at, "\\u", 2) != 0)
      return parse_fail(parse, parse->at, parse_wrong);
    parse->at += 2;
    long low = hex4(parse);
    if (low < 0xDC00 || low > 0xDFFF) return parse_fail(parse, parse->at, parse_wrong);
    parse->at += 4;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  put_utf8(&parse->scratch, code);
  return OK;
}

static int parse_escape(struct parse *parse) {
  static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
  if (++parse->at == parse->end) return parse_fail(parse, parse->end, parse_too_early);
  char letter = *parse->at++;
  if (letter == 'u') return parse_code(parse);
  const char *found = letter ? strchr(letters, letter) : NULL;
  if (!found) return parse_fail(parse, parse->at, parse_wrong);
  buf_putc(&parse->scratch, bytes[found - letters]);
  return OK;
}

// Passes what needs no change, up to a quote or an escape.
static int pass_plain(struct parse *parse) {
  while (parse->at < parse->end && *parse->at != '"' && *parse->at != '\\') {
    unsigned char byte = (unsigned char)*parse->at;
    if (byte < 0x20) return parse_fail(parse, parse->at, parse_wrong);
    size_t took =
        byte < 0x80 ? 1 : utf8_char(parse->at, (size_t)(parse->end - parse->at));
    if (!took) return parse_fail(parse, parse->at, "the text is not UTF-8; send UTF-8");
    parse->at += took;
  }
  return parse->at < parse->end ? OK : parse_fail(parse, parse->end, parse_too_early);
}

int parse_text(struct parse *parse, const char **text, size_t *len) {
  const char *from = ++parse->at;
  if (pass_plain(parse)) return ERR_INVALID;
  if (*parse->at == '"') {
    *text = from;
    *len = (size_t)(parse->at++ - from);
    return OK;
  }
  buf_clear(&parse->scratch);
  while (*parse->at == '\\') {
    buf_put(&parse->scratch, from, (size_t)(parse->at - from));
    if (parse_escape(parse)) return ERR_INVALID;
    from = parse->at;
    if (pass_plain(parse)) return ERR_INVALID;
  }
  buf_put(&parse->scratch, from, (size_t)(parse->at++ - from));
  *text = buf_text(&parse->scratch);
  *len = parse->scratch.len;
  return OK;
}
