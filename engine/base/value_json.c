#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/value.h"

// What jansson found, without the text near it: errors are logged, and JSON names people.
static const char *complaint(const json_error_t *error) {
  switch (json_error_code(error)) {
    case json_error_premature_end_of_input: return "the JSON ends too early";
    case json_error_end_of_input_expected: return "something follows the JSON's end";
    case json_error_invalid_utf8: return "the text is not UTF-8; send UTF-8";
    case json_error_duplicate_key: return "a key stands twice in one object";
    case json_error_numeric_overflow:
      return "a number is out of range; send it as text in quotes";
    case json_error_null_byte_in_key: return "a key holds a zero byte";
    default: return "this is not JSON";
  }
}

static int fail_at(struct status *status, int line, int column, const char *what) {
  return status_fail(status, ERR_INVALID, "line %d, column %d: %s", line, column, what);
}

// Looked for before parsing, where line and column are still known.
static int check_depth(const char *json, size_t len, struct status *status) {
  int depth = 0, line = 1, column = 0;
  bool quoted = false;
  for (size_t i = 0; i < len; i++) {
    column++;
    if (json[i] == '\n') {
      line++;
      column = 0;
    } else if (json[i] == '"') {
      quoted = !quoted;
    } else if (quoted) {
      if (json[i] == '\\') i++, column++;
    } else if (json[i] == '[' || json[i] == '{') {
      if (++depth > VALUE_DEPTH)
        return fail_at(status, line, column, "lists and objects nest over 64 deep");
    } else if (json[i] == ']' || json[i] == '}') {
      depth--;
    }
  }
  return OK;
}

static int compare_keys(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_json(struct buf *out, const json_t *json);

static void put_object(struct buf *out, const json_t *json) {
  size_t count = json_object_size(json), i = 0;
  const char **keys = mem_alloc((count + 1) * sizeof *keys);
  const char *key;
  json_t *item, *object = (json_t *)json;
  json_object_foreach(object, key, item) keys[i++] = key;
  qsort(keys, count, sizeof *keys, compare_keys);
  size_t begun = value_begin_map(out);
  for (i = 0; i < count; i++) {
    value_put_key(out, keys[i]);
    put_json(out, json_object_get(json, keys[i]));
  }
  value_end(out, begun, (uint32_t)count);
  mem_free(keys);
}

static void put_array(struct buf *out, const json_t *json) {
  size_t count = json_array_size(json), begun = value_begin_list(out);
  for (size_t i = 0; i < count; i++) put_json(out, json_array_get(json, i));
  value_end(out, begun, (uint32_t)count);
}

static void put_json(struct buf *out, const json_t *json) {
  switch (json_typeof(json)) {
    case JSON_NULL: value_put_nil(out); break;
    case JSON_TRUE: value_put_bool(out, true); break;
    case JSON_FALSE: value_put_bool(out, false); break;
    case JSON_INTEGER: value_put_int(out, json_integer_value(json)); break;
    case JSON_REAL: value_put_real(out, json_real_value(json)); break;
    case JSON_STRING:
      value_put_bytes(out, json_string_value(json), json_string_length(json));
      break;
    case JSON_ARRAY: put_array(out, json); break;
    case JSON_OBJECT: put_object(out, json); break;
  }
}

int value_from_json(struct buf *out, const char *json, size_t len,
                    struct status *status) {
  const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
  json_error_t error;
  if (len > INT32_MAX)
    return status_fail(status, ERR_LIMIT, "the JSON is over 2 GB; send it in parts");
  if (check_depth(json, len, status) < 0) return status->code;
  json_t *root = json_loadb(len > 0 ? json : "", len, flags, &error);
  if (root == NULL) return fail_at(status, error.line, error.column, complaint(&error));
  put_json(out, root);
  json_decref(root);
  return OK;
}

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
