// Values from outside: what JSON gives is canonical and survives the way out and back;
// bytes that pass as a value are that value's only bytes.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_bytes(const struct buf *a, const struct buf *b) {
  assert(a->len == b->len && memcmp(a->data, b->data, a->len) == 0);
}

static void try_as_json(const char *json, size_t size) {
  struct buf bytes = {0}, text = {0}, again = {0};
  struct status status = {0};
  struct value value;
  if (value_from_json(&bytes, json, size, &status) == OK) {
    assert(value_read(bytes.data, bytes.len, &value));
    value_to_json(&text, &value);
    assert(value_from_json(&again, text.data, text.len, &status) == OK);
    same_bytes(&bytes, &again);
  } else {
    assert(status.code != OK && status.text[0] != '\0');
  }
  buf_deinit(&bytes);
  buf_deinit(&text);
  buf_deinit(&again);
}

static void walk(const struct value *value) {
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  uint32_t seen = 0;
  for (; value_next(&iter, &key, &item); seen++) walk(&item);
  assert(seen == value_count(value));
}

static void try_as_bytes(const char *bytes, size_t size) {
  struct buf copy = {0}, text = {0};
  struct value value;
  if (value_read(bytes, size, &value)) {
    walk(&value);
    value_to_json(&text, &value);
    value_put(&copy, &value);
    assert(copy.len == size && memcmp(copy.data, bytes, size) == 0);
  } else {
    assert(value.kind == VALUE_NIL);
  }
  buf_deinit(&copy);
  buf_deinit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  try_as_json((const char *)data, size);
  try_as_bytes((const char *)data, size);
  return 0;
}
