// A growable run of bytes. Always followed by a NUL that len does not count.
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct buf {
  char *data;  // NULL while nothing was put; owned
  size_t len;  // bytes in use
  size_t cap;  // bytes allocated
};

// A buffer of zeros is empty and ready. Running out of memory ends the process.
void buf_put(struct buf *buf, const void *bytes, size_t count);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args);
void buf_reserve(struct buf *buf, size_t more);   // room for more bytes past len
void buf_consume(struct buf *buf, size_t count);  // drops bytes from the front
void buf_clear(struct buf *buf);                  // len = 0, memory kept
void buf_deinit(struct buf *buf);                 // frees, and is empty and ready again
char *buf_take(
    struct buf *buf);  // the bytes, NUL-terminated, never NULL; the caller frees
const char *buf_text(
    const struct buf *buf);  // the bytes as text, "" when empty; borrowed
