// Writes an HTTP/1.1 answer as bytes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "io/http_header.h"

struct http_answer {
  int status;  // 200 to 599
  const struct http_header *headers;
  size_t header_count;
  const void *body;
  size_t len;
  const char *date;  // what the Date header says
  bool bodiless;     // answers a HEAD: length told, nothing sent
  bool close;        // the connection ends after this
  bool keep;         // an HTTP/1.0 client must be told that it does not
};

// Framing headers (Content-Length, Transfer-Encoding, Connection, Date) are this
// function's own; given ones are left out. A header that would break the message makes it
// a bare 500.
void http_answer_put(struct buf *out, const struct http_answer *answer);
const char *http_status_phrase(int status);
// An RFC 9457 document; detail may be NULL, and is cut at 500 bytes.
void http_problem_put(struct buf *out, int status, const char *detail);
void http_date_of(int64_t seconds, char *out, size_t size);  // since 1970
void http_date_put(char *out, size_t size);  // now, as "Sun, 06 Nov 1994 08:49:37 GMT"
