#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void buf_reserve(struct buf *buf, size_t more) {
  size_t need = buf->len + more + 1;
  if (need <= buf->cap) return;
  size_t cap = buf->cap ? buf->cap * 2 : 64;
  if (cap < need) cap = need;
  buf->data = mem_resize(buf->data, cap);
  buf->cap = cap;
}

void buf_put(struct buf *buf, const void *bytes, size_t count) {
  buf_reserve(buf, count);
  if (count) memcpy(buf->data + buf->len, bytes, count);
  buf->len += count;
  buf->data[buf->len] = 0;
}

void buf_puts(struct buf *buf, const char *text) { buf_put(buf, text, strlen(text)); }

void buf_putc(struct buf *buf, char byte) { buf_put(buf, &byte, 1); }

void buf_vprintf(struct buf *buf, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  buf_reserve(buf, 0);  // most texts fit into the room there is
  size_t room = buf->cap - buf->len;
  int count = vsnprintf(buf->data + buf->len, room, format, args);
  if (count >= 0 && (size_t)count >= room) {
    buf_reserve(buf, (size_t)count);
    vsnprintf(buf->data + buf->len, (size_t)count + 1, format, again);
  }
  if (count > 0) buf->len += (size_t)count;
  va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...) {
  va_list args;
  va_start(args, format);
  buf_vprintf(buf, format, args);
  va_end(args);
}

void buf_consume(struct buf *buf, size_t count) {
  if (!count) return;
  memmove(buf->data, buf->data + count, buf->len - count);
  buf->len -= count;
  buf->data[buf->len] = 0;
}

void buf_clear(struct buf *buf) {
  buf->len = 0;
  if (buf->data) buf->data[0] = 0;
}

void buf_deinit(struct buf *buf) {
  mem_free(buf->data);
  *buf = (struct buf){0};
}

char *buf_take(struct buf *buf) {
  buf_reserve(buf, 0);
  buf->data[buf->len] = 0;
  char *data = buf->data;
  *buf = (struct buf){0};
  return data;
}

const char *buf_text(const struct buf *buf) { return buf->data ? buf->data : ""; }
