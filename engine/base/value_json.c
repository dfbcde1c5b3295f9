#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/value.h"

static void write_text(struct buf *out, const char *text, size_t len) {
  static const char escapes[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
  buf_putc(out, '"');
  while (len > 0) {
    size_t took = utf8_char(text, len);
    unsigned char byte = (unsigned char)*text;
    const char *escape = byte > 0 ? strchr(escapes, byte) : NULL;
    if (took == 0) {
      buf_puts(out, "\xEF\xBF\xBD");
      took = 1;
    } else if (escape != NULL) {
      buf_putc(out, '\\');
      buf_putc(out, letters[escape - escapes]);
    } else if (byte < 0x20) {
      buf_printf(out, "\\u%04x", byte);
    } else {
      buf_put(out, text, took);
    }
    text += took;
    len -= took;
  }
  buf_putc(out, '"');
}

// The shortest digits that read back as the same number, and always a real's form.
static void write_real(struct buf *out, double number) {
  char digits[40];
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, number);
    if (strtod(digits, NULL) == number) break;
  }
  buf_puts(out, digits);
  if (strpbrk(digits, ".e") == NULL) buf_puts(out, ".0");
}

static void write_value(struct buf *out, const struct value *value, int depth);

static void write_items(struct buf *out, const struct value *value, int depth) {
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  bool map = value->kind == VALUE_MAP;
  buf_putc(out, map ? '{' : '[');
  for (bool first = true; value_next(&iter, &key, &item); first = false) {
    if (!first) buf_putc(out, ',');
    if (map) {
      write_text(out, key.text.data, key.text.len);
      buf_putc(out, ':');
    }
    write_value(out, &item, depth + 1);
  }
  buf_putc(out, map ? '}' : ']');
}

static void write_value(struct buf *out, const struct value *value, int depth) {
  switch (value->kind) {
    case VALUE_NIL: buf_puts(out, "null"); break;
    case VALUE_BOOL: buf_puts(out, value->boolean ? "true" : "false"); break;
    case VALUE_INT: buf_printf(out, "%lld", (long long)value->integer); break;
    case VALUE_REAL: write_real(out, value->real); break;
    case VALUE_TEXT: write_text(out, value->text.data, value->text.len); break;
    case VALUE_LIST:
    case VALUE_MAP:
      if (depth > VALUE_DEPTH)
        buf_puts(out, "null");
      else
        write_items(out, value, depth);
      break;
  }
}

void value_to_json(struct buf *out, const struct value *value) {
  write_value(out, value, 1);
}
