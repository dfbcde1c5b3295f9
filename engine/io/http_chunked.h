// Takes a chunked request body apart, a few bytes or many at a time, and nothing that is
// not exactly RFC 9112: a proxy in front must see the same end of the body.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum chunked_state {
  CHUNKED_SIZE,
  CHUNKED_EXTENSION,
  CHUNKED_SIZE_LF,
  CHUNKED_DATA,
  CHUNKED_DATA_CR,
  CHUNKED_DATA_LF,
  CHUNKED_TRAILER,
  CHUNKED_TRAILER_LF,
  CHUNKED_DONE
};

struct http_chunked {  // zeros are a decoder at its start
  enum chunked_state state;
  int digits;        // of the size being read
  uint64_t left;     // bytes of this chunk still to come
  size_t line;       // bytes of this trailer line
  size_t extra;      // bytes spent on extensions and trailers in the whole body
  size_t max_body;   // set by the caller
  size_t max_extra;  // set by the caller
};

enum chunked_result { CHUNKED_MORE, CHUNKED_END, CHUNKED_BROKEN, CHUNKED_TOO_LONG };

// Appends the body's bytes to body; *took is how many were used, fewer than len only at
// the end.
enum chunked_result http_chunked_feed(struct http_chunked *chunked, const char *bytes,
                                      size_t len, size_t *took, struct buf *body);
