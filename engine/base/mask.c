#include "base/mask.h"

#include <string.h>

#include "base/utf8.h"

enum { SHOWN = 4 };

void mask_name(const char *name, struct buf *out) {
  size_t len = strlen(name), first = utf8_char(name, len), last = 0;
  if (!first) {
    buf_putc(out, '*');
    return;
  }
  for (size_t at = first, took; at < len; at += took) {
    took = utf8_char(name + at, len - at);
    if (!took) took = 1;
    last = at;
  }
  buf_put(out, name, first);
  buf_putc(out, '*');
  if (last > first && utf8_char(name + last, len - last)) buf_puts(out, name + last);
}

void mask_number(const char *number, struct buf *out) {
  size_t len = strlen(number);
  for (size_t i = 0; i < len; i++)
    buf_putc(out, len > SHOWN && i + SHOWN >= len ? number[i] : '*');
}
