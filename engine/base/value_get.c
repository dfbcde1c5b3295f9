#include <string.h>

#include "base/mem.h"
#include "base/value.h"

uint32_t value_count(const struct value *container) {
  bool holds = container->kind == VALUE_LIST || container->kind == VALUE_MAP;
  return holds ? container->items.count : 0;
}

bool value_is(const struct value *value, const char *text) {
  size_t len = strlen(text);
  return value->kind == VALUE_TEXT && value->text.len == len &&
         (len == 0 || memcmp(value->text.data, text, len) == 0);
}

char *value_copy_text(const struct value *value) {
  if (value->kind != VALUE_TEXT) return NULL;
  return mem_copy_bytes(value->text.data, value->text.len);
}

char *value_copy_field(const struct value *map, const char *name) {
  struct value field = value_field(map, name);
  return value_copy_text(&field);
}

int64_t value_int_or(const struct value *value, int64_t otherwise) {
  const double limit = 9223372036854775808.0;  // 2^63
  if (value->kind == VALUE_INT) return value->integer;
  if (value->kind != VALUE_REAL) return otherwise;
  if (!(value->real >= -limit && value->real < limit)) return otherwise;
  return (int64_t)value->real;
}

double value_real_or(const struct value *value, double otherwise) {
  if (value->kind == VALUE_REAL) return value->real;
  return value->kind == VALUE_INT ? (double)value->integer : otherwise;
}

bool value_true(const struct value *value) {
  return value->kind != VALUE_NIL && (value->kind != VALUE_BOOL || value->boolean);
}
