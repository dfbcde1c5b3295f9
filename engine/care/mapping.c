#include "care/mapping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct mapping mapping_begin(struct buf *out) {
  return (struct mapping){.out = out, .begun = value_begin_map(out)};
}

void mapping_key(struct mapping *map, const char *key) {
  value_put_key(map->out, key);
  map->count++;
}

void mapping_text(struct mapping *map, const char *key, const char *text) {
  if (!text) return;
  mapping_key(map, key);
  value_put_text(map->out, text);
}

void mapping_int(struct mapping *map, const char *key, int64_t number) {
  mapping_key(map, key);
  value_put_int(map->out, number);
}

void mapping_real(struct mapping *map, const char *key, double number) {
  mapping_key(map, key);
  if (number == floor(number) && fabs(number) < 1e15)
    value_put_int(map->out, (int64_t)number);
  else
    value_put_real(map->out, number);
}

void mapping_bool(struct mapping *map, const char *key, bool flag) {
  mapping_key(map, key);
  value_put_bool(map->out, flag);
}

void mapping_value(struct mapping *map, const char *key, const struct value *value) {
  if (value->kind == VALUE_NIL) return;
  mapping_key(map, key);
  value_put(map->out, value);
}

void mapping_end(struct mapping *map) { value_end(map->out, map->begun, map->count); }

static struct buf *slot(struct merge *merge, const char *key, size_t len) {
  for (uint32_t i = 0; i < merge->count; i++)
    if (strlen(merge->fields[i].key) == len && !memcmp(merge->fields[i].key, key, len)) {
      buf_clear(&merge->fields[i].value);
      return &merge->fields[i].value;
    }
  if (merge->count == MERGE_FIELDS || len >= sizeof merge->fields[0].key) return NULL;
  memcpy(merge->fields[merge->count].key, key, len);
  merge->fields[merge->count].key[len] = 0;
  return &merge->fields[merge->count++].value;
}

void merge_value(struct merge *merge, const char *key, const struct value *value) {
  struct buf *at = slot(merge, key, strlen(key));
  if (at && value->kind != VALUE_NIL) value_put(at, value);
}

void merge_bytes(struct merge *merge, const char *map, size_t len) {
  struct value view, key, item;
  if (!value_read(map, len, &view)) return;
  struct value_iter iter = value_iterate(&view);
  while (value_next(&iter, &key, &item)) {
    struct buf *at = iter.map ? slot(merge, key.text.data, key.text.len) : NULL;
    if (at) value_put(at, &item);
  }
}

void merge_encoded(struct merge *merge, const char *key, const struct buf *value) {
  struct buf *at = slot(merge, key, strlen(key));
  if (at) buf_put(at, value->data, value->len);
}

void merge_text(struct merge *merge, const char *key, const char *text) {
  struct buf *at = text ? slot(merge, key, strlen(key)) : NULL;
  if (at) value_put_text(at, text);
}

void merge_int(struct merge *merge, const char *key, int64_t number) {
  struct buf *at = slot(merge, key, strlen(key));
  if (at) value_put_int(at, number);
}

static int by_key(const void *a, const void *b) { return strcmp(a, b); }

void merge_end(struct merge *merge, struct buf *out) {
  qsort(merge->fields, merge->count, sizeof merge->fields[0], by_key);
  struct mapping map = mapping_begin(out);
  for (uint32_t i = 0; i < merge->count; i++) {
    struct buf *value = &merge->fields[i].value;
    if (value->len) {
      mapping_key(&map, merge->fields[i].key);
      buf_put(out, value->data, value->len);
    }
    buf_deinit(value);
  }
  mapping_end(&map);
  merge->count = 0;
}
