#include <math.h>
#include <string.h>

#include "base/value.h"
#include "base/value_code.h"

static const struct value nothing = {.kind = VALUE_NIL};

// Bytes taken; 0 when cut off, over 64 bits, or longer than it need be.
static size_t read_varint(const char *bytes, size_t len, uint64_t *out) {
  uint64_t number = 0;
  for (size_t i = 0; i < len && i < 10; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    if (i == 9 && byte > 1) return 0;
    number |= (uint64_t)(byte & 0x7F) << (7 * i);
    if (byte >= 0x80) continue;
    if (byte == 0 && i > 0) return 0;
    *out = number;
    return i + 1;
  }
  return 0;
}

static size_t read_text(const char *bytes, size_t len, struct value *out) {
  uint64_t count;
  size_t took = read_varint(bytes, len, &count);
  if (took == 0 || count > len - took) return 0;
  *out = (struct value){.kind = VALUE_TEXT, .text = {bytes + took, (size_t)count}};
  return took + (size_t)count;
}

static size_t read_int(const char *bytes, size_t len, struct value *out) {
  uint64_t zigzag;
  size_t took = read_varint(bytes, len, &zigzag);
  uint64_t sign = zigzag & 1 ? UINT64_MAX : 0;
  if (took > 0)
    *out = (struct value){.kind = VALUE_INT, .integer = (int64_t)((zigzag >> 1) ^ sign)};
  return took;
}

static size_t read_real(const char *bytes, size_t len, struct value *out) {
  double number;
  if (len < 8) return 0;
  uint64_t bits = code_le((const unsigned char *)bytes, 8);
  memcpy(&number, &bits, sizeof number);
  if (!isfinite(number) || (number == 0 && bits != 0)) return 0;
  *out = (struct value){.kind = VALUE_REAL, .real = number};
  return 8;
}

static size_t read_items(const char *bytes, size_t len, enum value_kind kind,
                         struct value *out) {
  const unsigned char *head = (const unsigned char *)bytes;
  if (len < VALUE_HEAD - 1) return 0;
  size_t body = (size_t)code_le(head, 4);
  uint32_t count = (uint32_t)code_le(head + 4, 4);
  size_t least = kind == VALUE_MAP ? 2 : 1;  // bytes of the smallest entry
  if (body > len - (VALUE_HEAD - 1) || count > body / least) return 0;
  if (count == 0 && body > 0) return 0;
  *out = (struct value){.kind = kind, .items = {bytes + (VALUE_HEAD - 1), body, count}};
  return VALUE_HEAD - 1 + body;
}

static size_t read_tagged(const char *bytes, size_t len, struct value *out) {
  unsigned char tag = (unsigned char)bytes[0];
  if (tag <= TAG_TRUE) {
    if (tag != TAG_NIL)
      *out = (struct value){.kind = VALUE_BOOL, .boolean = tag == TAG_TRUE};
    return 1;
  }
  size_t took = 0;
  switch (tag) {
    case TAG_INT: took = read_int(bytes + 1, len - 1, out); break;
    case TAG_REAL: took = read_real(bytes + 1, len - 1, out); break;
    case TAG_TEXT: took = read_text(bytes + 1, len - 1, out); break;
    case TAG_LIST: took = read_items(bytes + 1, len - 1, VALUE_LIST, out); break;
    case TAG_MAP: took = read_items(bytes + 1, len - 1, VALUE_MAP, out); break;
    default: break;
  }
  return took > 0 ? took + 1 : 0;
}

size_t value_read_front(const char *bytes, size_t len, struct value *out) {
  *out = nothing;
  return len > 0 ? read_tagged(bytes, len, out) : 0;
}

struct value_iter value_iterate(const struct value *container) {
  struct value_iter iter = {0};
  if (container->kind != VALUE_LIST && container->kind != VALUE_MAP) return iter;
  iter.data = container->items.data;
  iter.len = container->items.len;
  iter.left = container->items.count;
  iter.map = container->kind == VALUE_MAP;
  return iter;
}

static bool skip(struct value_iter *iter, size_t took) {
  iter->data += took;
  iter->len -= took;
  return took > 0;
}

bool value_next(struct value_iter *iter, struct value *key, struct value *item) {
  struct value name = nothing;
  *item = nothing;
  if (iter->left == 0) return false;
  iter->left--;
  bool good = !iter->map || skip(iter, read_text(iter->data, iter->len, &name));
  good = good && skip(iter, value_read_front(iter->data, iter->len, item));
  if (!good) *iter = (struct value_iter){0};
  if (key != NULL) *key = good ? name : nothing;
  return good;
}

static int compare(const char *a, size_t a_len, const char *b, size_t b_len) {
  size_t shorter = a_len < b_len ? a_len : b_len;
  int order = shorter > 0 ? memcmp(a, b, shorter) : 0;
  return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static bool whole(const struct value *value, int depth) {
  if (value->kind != VALUE_LIST && value->kind != VALUE_MAP) return true;
  struct value_iter iter = value_iterate(value);
  struct value key, item, last = nothing;
  if (depth > VALUE_DEPTH) return false;
  for (uint32_t i = 0; i < value->items.count; i++) {
    if (!value_next(&iter, &key, &item) || !whole(&item, depth + 1)) return false;
    if (value->kind == VALUE_MAP && i > 0 &&
        compare(last.text.data, last.text.len, key.text.data, key.text.len) >= 0)
      return false;
    last = key;
  }
  return iter.len == 0;
}

bool value_read(const char *bytes, size_t len, struct value *out) {
  size_t took = value_read_front(bytes, len, out);
  if (took > 0 && took == len && whole(out, 1)) return true;
  *out = nothing;
  return false;
}

struct value value_field(const struct value *map, const char *key) {
  struct value name, item;
  size_t len = strlen(key);
  if (map->kind != VALUE_MAP) return nothing;
  struct value_iter iter = value_iterate(map);
  while (value_next(&iter, &name, &item)) {
    int order = compare(name.text.data, name.text.len, key, len);
    if (order == 0) return item;
    if (order > 0) break;
  }
  return nothing;
}

struct value value_at(const struct value *list, uint32_t index) {
  struct value item;
  if (list->kind != VALUE_LIST) return nothing;
  struct value_iter iter = value_iterate(list);
  while (value_next(&iter, NULL, &item))
    if (index-- == 0) return item;
  return nothing;
}
