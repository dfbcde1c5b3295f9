#include "store/log_buffer.h"

#include <string.h>

#include "base/mem.h"

enum { ROOM = 128 * 1024 };

int log_buffer_flush(struct log_buffer *buffer, sqlite3_file *file) {
  size_t len = buffer->len;
  buffer->len = 0;
  return len ? file->pMethods->xWrite(file, buffer->bytes, (int)len, buffer->at)
             : SQLITE_OK;
}

int log_buffer_put(struct log_buffer *buffer, sqlite3_file *file, const void *bytes,
                   size_t len, int64_t at) {
  bool follows = buffer->len && at == buffer->at + (int64_t)buffer->len;
  int rc = SQLITE_OK;
  if (!follows || buffer->len + len > ROOM) rc = log_buffer_flush(buffer, file);
  if (rc) return rc;
  if (len > ROOM) return file->pMethods->xWrite(file, bytes, (int)len, at);
  if (!buffer->bytes) buffer->bytes = mem_alloc(ROOM);
  if (!buffer->len) buffer->at = at;
  memcpy(buffer->bytes + buffer->len, bytes, len);
  buffer->len += len;
  return SQLITE_OK;
}

void log_buffer_deinit(struct log_buffer *buffer) {
  mem_free(buffer->bytes);
  *buffer = (struct log_buffer){0};
}
