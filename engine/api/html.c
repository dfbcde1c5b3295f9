#include "api/html.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/utf8.h"

static const char *entity(char byte) {
  switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
  }
}

static void put_char(struct buf *out, const char *at, size_t took) {
  unsigned char byte = (unsigned char)*at;
  const char *name = took == 1 ? entity(*at) : NULL;
  if (name)
    buf_puts(out, name);
  else if (!took || byte == 0x7F || (byte < 0x20 && !strchr("\t\r\n", byte)) || !byte)
    buf_puts(out, "\xEF\xBF\xBD");
  else
    buf_put(out, at, took);
}

void html_text_len(struct buf *out, const char *text, size_t len) {
  for (size_t at = 0; at < len;) {
    size_t took = utf8_char(text + at, len - at);
    put_char(out, text + at, took);
    at += took ? took : 1;
  }
}

void html_text(struct buf *out, const char *text) {
  if (text) html_text_len(out, text, strlen(text));
}

void html_value(struct buf *out, const struct value *value) {
  struct buf json = {0};
  if (value->kind == VALUE_TEXT) {
    html_text_len(out, value->text.data, value->text.len);
  } else if (value->kind == VALUE_INT || value->kind == VALUE_REAL) {
    value_to_json(&json, value);
    html_text_len(out, json.data, json.len);
  }
  buf_deinit(&json);
}

void html_lines(struct buf *out, const char *text, size_t len) {
  while (len) {
    const char *end = memchr(text, '\n', len);
    size_t line = end ? (size_t)(end - text) : len;
    html_text_len(out, text, line);
    if (!end) return;
    buf_puts(out, "<br>");
    text = end + 1;
    len -= line + 1;
  }
}

static double channel(const char *hex) {
  char digits[3] = {hex[0], hex[1], 0};
  double part = (double)strtol(digits, NULL, 16) / 255;
  return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

const char *html_ink(const char *color) {
  double light = 0.2126 * channel(color + 1) + 0.7152 * channel(color + 3) +
                 0.0722 * channel(color + 5);
  return 1.05 / (light + 0.05) >= 4.5 ? "#ffffff" : "#000000";
}

void html_color(const struct value *color, char out[8]) {
  memcpy(out, "#1f5f7a", 8);
  if (color->kind != VALUE_TEXT || color->text.len != 7 || color->text.data[0] != '#')
    return;
  for (int i = 1; i < 7; i++)
    if (!isxdigit((unsigned char)color->text.data[i])) return;
  memcpy(out, color->text.data, 7);
}

void html_logo(struct buf *out, const struct value *program) {
  struct value logo = value_field(program, "logo");
  if (logo.kind != VALUE_TEXT) return;
  char *encoded = digest_base64(logo.text.data, logo.text.len);
  buf_printf(out, "<img alt=\"\" src=\"data:image/svg+xml;base64,%s\">", encoded);
  mem_free(encoded);
}
