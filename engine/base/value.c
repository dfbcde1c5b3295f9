#include "base/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/value_code.h"

static void promise(bool kept) {
  if (!kept) abort();
}

static void put_varint(struct buf *out, uint64_t number) {
  while (number >= 0x80) {
    buf_putc(out, (char)(0x80 | (number & 0x7F)));
    number >>= 7;
  }
  buf_putc(out, (char)number);
}

void value_put_nil(struct buf *out) { buf_putc(out, TAG_NIL); }

void value_put_bool(struct buf *out, bool flag) {
  buf_putc(out, flag ? TAG_TRUE : TAG_FALSE);
}

void value_put_int(struct buf *out, int64_t number) {
  uint64_t sign = number < 0 ? UINT64_MAX : 0;
  buf_putc(out, TAG_INT);
  put_varint(out, ((uint64_t)number << 1) ^ sign);
}

void value_put_real(struct buf *out, double number) {
  unsigned char bytes[9] = {TAG_REAL};
  uint64_t bits;
  promise(isfinite(number));
  if (number == 0) number = 0;  // -0.0 equals 0.0, so it has the same bytes
  memcpy(&bits, &number, sizeof bits);
  code_put_le(bytes + 1, bits, 8);
  buf_put(out, bytes, sizeof bytes);
}

void value_put_text(struct buf *out, const char *text) {
  value_put_bytes(out, text, strlen(text));
}

void value_put_bytes(struct buf *out, const char *bytes, size_t len) {
  buf_putc(out, TAG_TEXT);
  value_put_key_bytes(out, bytes, len);
}

void value_put_key(struct buf *out, const char *key) {
  value_put_key_bytes(out, key, strlen(key));
}

void value_put_key_bytes(struct buf *out, const char *key, size_t len) {
  put_varint(out, len);
  if (len > 0) buf_put(out, key, len);
}

static size_t begin(struct buf *out, enum value_tag tag) {
  unsigned char head[VALUE_HEAD] = {(unsigned char)tag};
  size_t begun = out->len;
  buf_put(out, head, sizeof head);
  return begun;
}

size_t value_begin_list(struct buf *out) { return begin(out, TAG_LIST); }
size_t value_begin_map(struct buf *out) { return begin(out, TAG_MAP); }

void value_end(struct buf *out, size_t begun, uint32_t count) {
  promise(begun + VALUE_HEAD <= out->len && out->len - begun <= UINT32_MAX);
  unsigned char *head = (unsigned char *)out->data + begun;
  promise(head[0] == TAG_LIST || head[0] == TAG_MAP);
  code_put_le(head + 1, out->len - begun - VALUE_HEAD, 4);
  code_put_le(head + 5, count, 4);
}

static void put_items(struct buf *out, const struct value *value) {
  size_t begun = begin(out, value->kind == VALUE_MAP ? TAG_MAP : TAG_LIST);
  if (value->items.len > 0) buf_put(out, value->items.data, value->items.len);
  value_end(out, begun, value->items.count);
}

void value_put(struct buf *out, const struct value *value) {
  switch (value->kind) {
    case VALUE_NIL: value_put_nil(out); break;
    case VALUE_BOOL: value_put_bool(out, value->boolean); break;
    case VALUE_INT: value_put_int(out, value->integer); break;
    case VALUE_REAL: value_put_real(out, value->real); break;
    case VALUE_TEXT: value_put_bytes(out, value->text.data, value->text.len); break;
    case VALUE_LIST:
    case VALUE_MAP: put_items(out, value); break;
  }
}
