// The head of a request: found in a stream of bytes, checked more strictly than llhttp
// does, and taken apart.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/http_header.h"

enum { HTTP_HEADERS_MAX = 128 };

struct http_head {
  char *text;                   // the bytes, cut up with NULs; owned
  const char *method;           // static text
  const char *target;           // as sent; names and values point into text too
  struct http_header *headers;  // owned
  size_t header_count;
  int64_t content_length;  // -1 when the request names none
  bool chunked;
  bool keep_alive;        // the client wants to send more afterwards
  bool old;               // HTTP/1.0
  bool expects_continue;  // waits for a 100 before it sends the body
};

// Looks for the empty line that ends a head, going on at *scanned. The head's length, 0
// when it is not all there, -1 when no head can look like this (bare CR or LF, control
// bytes, a folded line).
long http_head_scan(const char *bytes, size_t len, size_t *scanned);

// Takes apart what http_head_scan found. 0, or the HTTP status to refuse it with and a
// sentence in *why. Free with http_head_deinit, also after a refusal.
int http_head_parse(struct http_head *head, const char *bytes, size_t len,
                    const char **why);
void http_head_deinit(struct http_head *head);
