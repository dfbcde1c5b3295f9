#include "io/http_form.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// The byte that %XX at text stands for, or -1.
static int escape_value(const char *text, size_t len) {
  if (len < 3) return -1;
  int high = hex_value(text[1]), low = hex_value(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void http_percent_encode(struct buf *out, const char *bytes, size_t len) {
  static const char plain[] =
      "-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  static const char digits[] = "0123456789ABCDEF";
  for (size_t i = 0; i < len; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    if (byte && strchr(plain, byte)) {
      buf_putc(out, (char)byte);
    } else {
      char escape[3] = {'%', digits[byte >> 4], digits[byte & 15]};
      buf_put(out, escape, sizeof escape);
    }
  }
}

// Decodes in place and ends the text; false on a broken escape or a NUL.
static bool form_decode(char *text, size_t len) {
  char *out = text;
  for (size_t i = 0; i < len; i++) {
    int byte = text[i] == '+' ? ' ' : (unsigned char)text[i];
    if (text[i] == '%') {
      byte = escape_value(text + i, len - i);
      i += 2;
    }
    if (byte <= 0) return false;
    *out++ = (char)byte;
  }
  *out = 0;
  return true;
}

// Cuts one "name=value" that ends at text + len (where there is room for a NUL).
static bool field_cut(struct http_field *field, char *text, size_t len) {
  char *equals = memchr(text, '=', len);
  size_t name_len = equals ? (size_t)(equals - text) : len;
  char *value = equals ? equals + 1 : text + len;
  size_t value_len = (size_t)(text + len - value);
  field->name = text;
  field->value = value;
  if (!form_decode(value, value_len)) return false;
  return form_decode(text, name_len);
}

static size_t field_count(const char *text, size_t len) {
  size_t count = 1;
  for (size_t i = 0; i < len; i++) count += text[i] == '&';
  return count;
}

static bool fields_cut(struct http_form *form, size_t len) {
  for (size_t at = 0; at < len;) {
    char *from = form->text + at;
    char *end = memchr(from, '&', len - at);
    size_t part = end ? (size_t)(end - from) : len - at;
    if (part && !field_cut(&form->fields[form->count++], from, part)) return false;
    at += part + 1;
  }
  return true;
}

int http_form_parse(struct http_form *form, const char *text, size_t len,
                    struct status *status) {
  *form = (struct http_form){0};
  size_t count = field_count(text, len);
  if (count > HTTP_FORM_FIELDS_MAX)
    return status_fail(status, ERR_LIMIT, "form: more than %d fields; send fewer",
                       HTTP_FORM_FIELDS_MAX);
  form->text = mem_copy_bytes(text, len);
  form->fields = mem_alloc(count * sizeof *form->fields);
  if (fields_cut(form, len)) return OK;
  http_form_deinit(form);
  return status_fail(status, ERR_INVALID,
                     "form: a broken %%XX or a zero byte; send it percent-encoded");
}

const char *http_form_get(const struct http_form *form, const char *name) {
  for (size_t i = 0; i < form->count; i++)
    if (strcmp(form->fields[i].name, name) == 0) return form->fields[i].value;
  return NULL;
}

void http_form_deinit(struct http_form *form) {
  mem_free(form->fields);
  mem_free(form->text);
  *form = (struct http_form){0};
}

// A proxy in front may have judged another path than a router that folds "..".
static bool has_dot_segment(const char *path) {
  for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
    size_t len = strcspn(at + 1, "/");
    if ((len == 1 && at[1] == '.') || (len == 2 && at[1] == '.' && at[2] == '.'))
      return true;
  }
  return false;
}

bool http_path_decode(struct buf *out, const char *target, size_t len) {
  const char *query = memchr(target, '?', len);
  if (query) len = (size_t)(query - target);
  for (size_t i = 0; i < len; i++) {
    int byte = (unsigned char)target[i];
    if (byte == '%') {
      byte = escape_value(target + i, len - i);
      if (byte == '/') return false;
      i += 2;
    }
    if (byte < 0x20 || byte == 0x7f) return false;
    buf_putc(out, (char)byte);
  }
  const char *path = buf_text(out);
  return path[0] == '/' && !has_dot_segment(path) && utf8_valid(path, out->len);
}
