#include "base/fold.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/utf8.h"

struct pair {
  uint16_t from, to;
};

static const struct pair pairs[] = {
#include "fold_table.inc"  // by from
};

uint32_t fold_char(uint32_t character) {
  if (character < 0x80)
    return character >= 'A' && character <= 'Z' ? character + 32 : character;
  size_t low = 0, high = sizeof pairs / sizeof *pairs;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (pairs[middle].from < character)
      low = middle + 1;
    else
      high = middle;
  }
  bool found = low < sizeof pairs / sizeof *pairs && pairs[low].from == character;
  return found ? pairs[low].to : character;
}

static void put_char(struct buf *out, uint32_t c) {
  if (c < 0x80) {
    buf_putc(out, (char)c);
  } else if (c < 0x800) {
    buf_putc(out, (char)(0xC0 | c >> 6));
    buf_putc(out, (char)(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    buf_putc(out, (char)(0xE0 | c >> 12));
    buf_putc(out, (char)(0x80 | (c >> 6 & 0x3F)));
    buf_putc(out, (char)(0x80 | (c & 0x3F)));
  } else {
    buf_putc(out, (char)(0xF0 | c >> 18));
    buf_putc(out, (char)(0x80 | (c >> 12 & 0x3F)));
    buf_putc(out, (char)(0x80 | (c >> 6 & 0x3F)));
    buf_putc(out, (char)(0x80 | (c & 0x3F)));
  }
}

static bool is_mark(uint32_t c) {  // what people put around an answer
  static const uint32_t marks[] = {0x200B, 0x200C, 0x200D, 0xFEFF, 0x3002, 0x3001,
                                   0x300A, 0x300B, 0x3010, 0x3011, 0x201C, 0x201D,
                                   0x2018, 0x2019, 0x2026, 0x00A0};
  if (c < 0x80)
    return c <= ' ' || c == 0x7F || (c < '0' && strchr("!\"#$&'()*,", (int)c)) ||
           strchr(":;<=>?@[\\]^_`{|}~", (int)c);
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (c == marks[i]) return true;
  return false;
}

static bool digit_at(const char *text, size_t len) {
  size_t took = utf8_char(text, len);
  uint32_t c = took ? fold_char(utf8_code(text, took)) : 0;
  return c >= '0' && c <= '9';
}

void fold_plain(const char *text, size_t len, struct buf *out) {
  for (size_t took; len > 0; text += took, len -= took) {
    took = utf8_char(text, len);
    uint32_t c = took ? fold_char(utf8_code(text, took)) : ' ';
    if (!took) took = 1;
    bool stop = c == '.' && !digit_at(text + took, len - took);
    if (!stop && !is_mark(c)) put_char(out, c);
  }
}
