// Values from outside: what JSON gives is what jansson reads in it, is canonical, and
// survives the way out and back; bytes that pass as a value are that value's only bytes.
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_bytes(const struct buf *a, const struct buf *b) {
  assert(a->len == b->len && memcmp(a->data, b->data, a->len) == 0);
}

static int compare_keys(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_json(struct buf *out, json_t *json);

static void put_object(struct buf *out, json_t *json) {
  size_t count = json_object_size(json), i = 0;
  const char **keys = mem_alloc((count + 1) * sizeof *keys), *key;
  json_t *item;
  json_object_foreach(json, key, item) keys[i++] = key;
  qsort(keys, count, sizeof *keys, compare_keys);
  size_t begun = value_begin_map(out);
  for (i = 0; i < count; i++) {
    value_put_key(out, keys[i]);
    put_json(out, json_object_get(json, keys[i]));
  }
  value_end(out, begun, (uint32_t)count);
  mem_free(keys);
}

static void put_array(struct buf *out, json_t *json) {
  size_t count = json_array_size(json), begun = value_begin_list(out);
  for (size_t i = 0; i < count; i++) put_json(out, json_array_get(json, i));
  value_end(out, begun, (uint32_t)count);
}

static void put_json(struct buf *out, json_t *json) {
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

static int depth_of(json_t *json) {
  int most = 0;
  const char *key;
  size_t index;
  json_t *item;
  json_array_foreach(json, index, item) {
    int depth = depth_of(item);
    if (depth > most) most = depth;
  }
  json_object_foreach(json, key, item) {
    int depth = depth_of(item);
    if (depth > most) most = depth;
  }
  return most + (json_is_array(json) || json_is_object(json));
}

// The same is taken, and means the same; but a bare zero byte ends jansson's text.
static void try_other(const char *text, size_t size, const struct buf *ours) {
  json_error_t error;
  struct buf theirs = {0};
  if (size && memchr(text, '\0', size)) {
    assert(!ours);
    return;
  }
  json_t *json = json_loadb(
      text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
  if (json && depth_of(json) <= VALUE_DEPTH) {
    put_json(&theirs, json);
    assert(ours);
    same_bytes(ours, &theirs);
  } else {
    assert(!ours);
  }
  buf_deinit(&theirs);
  json_decref(json);
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
    try_other(json, size, &bytes);
  } else {
    try_other(json, size, NULL);
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
