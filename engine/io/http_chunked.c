#include "io/http_chunked.h"

#include <ctype.h>

static enum chunked_result feed_size(struct http_chunked *chunked, unsigned char byte) {
  if (isxdigit(byte)) {
    if (++chunked->digits > 8) return CHUNKED_TOO_LONG;
    int value = isdigit(byte) ? byte - '0' : tolower(byte) - 'a' + 10;
    chunked->left = chunked->left * 16 + (uint64_t)value;
    return CHUNKED_MORE;
  }
  if (!chunked->digits || (byte != ';' && byte != '\r')) return CHUNKED_BROKEN;
  chunked->state = byte == ';' ? CHUNKED_EXTENSION : CHUNKED_SIZE_LF;
  return CHUNKED_MORE;
}

static bool extra_fits(struct http_chunked *chunked) {
  return ++chunked->extra <= chunked->max_extra;
}

static bool control(unsigned char byte) {
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

static enum chunked_result feed_extension(struct http_chunked *chunked,
                                          unsigned char byte) {
  if (byte == '\r')
    chunked->state = CHUNKED_SIZE_LF;
  else if (control(byte) || !extra_fits(chunked))
    return CHUNKED_BROKEN;
  return CHUNKED_MORE;
}

static enum chunked_result feed_size_lf(struct http_chunked *chunked, unsigned char byte,
                                        const struct buf *body) {
  if (byte != '\n') return CHUNKED_BROKEN;
  if (chunked->left > chunked->max_body - body->len) return CHUNKED_TOO_LONG;
  chunked->digits = 0;
  chunked->line = 0;
  chunked->state = chunked->left ? CHUNKED_DATA : CHUNKED_TRAILER;
  return CHUNKED_MORE;
}

static enum chunked_result feed_trailer(struct http_chunked *chunked,
                                        unsigned char byte) {
  if (byte == '\r') {
    chunked->state = CHUNKED_TRAILER_LF;
    return CHUNKED_MORE;
  }
  chunked->line++;
  return control(byte) || !extra_fits(chunked) ? CHUNKED_BROKEN : CHUNKED_MORE;
}

static enum chunked_result feed_trailer_lf(struct http_chunked *chunked,
                                           unsigned char byte) {
  if (byte != '\n') return CHUNKED_BROKEN;
  if (!chunked->line) {
    chunked->state = CHUNKED_DONE;
    return CHUNKED_END;
  }
  chunked->line = 0;
  chunked->state = CHUNKED_TRAILER;
  return CHUNKED_MORE;
}

static enum chunked_result feed_expected(struct http_chunked *chunked, unsigned char byte,
                                         unsigned char expected,
                                         enum chunked_state next) {
  if (byte != expected) return CHUNKED_BROKEN;
  chunked->state = next;
  return CHUNKED_MORE;
}

static enum chunked_result feed_byte(struct http_chunked *chunked, unsigned char byte,
                                     const struct buf *body) {
  switch (chunked->state) {
    case CHUNKED_SIZE: return feed_size(chunked, byte);
    case CHUNKED_EXTENSION: return feed_extension(chunked, byte);
    case CHUNKED_SIZE_LF: return feed_size_lf(chunked, byte, body);
    case CHUNKED_DATA_CR: return feed_expected(chunked, byte, '\r', CHUNKED_DATA_LF);
    case CHUNKED_DATA_LF: return feed_expected(chunked, byte, '\n', CHUNKED_SIZE);
    case CHUNKED_TRAILER: return feed_trailer(chunked, byte);
    case CHUNKED_TRAILER_LF: return feed_trailer_lf(chunked, byte);
    case CHUNKED_DATA:
    case CHUNKED_DONE: break;
  }
  return CHUNKED_BROKEN;
}

static size_t feed_data(struct http_chunked *chunked, const char *bytes, size_t len,
                        struct buf *body) {
  size_t part = len < chunked->left ? len : (size_t)chunked->left;
  buf_put(body, bytes, part);
  chunked->left -= part;
  if (!chunked->left) chunked->state = CHUNKED_DATA_CR;
  return part;
}

enum chunked_result http_chunked_feed(struct http_chunked *chunked, const char *bytes,
                                      size_t len, size_t *took, struct buf *body) {
  enum chunked_result result = CHUNKED_MORE;
  size_t at = 0;
  while (at < len && result == CHUNKED_MORE) {
    if (chunked->state == CHUNKED_DATA)
      at += feed_data(chunked, bytes + at, len - at, body);
    else
      result = feed_byte(chunked, (unsigned char)bytes[at++], body);
  }
  *took = at;
  return result;
}
