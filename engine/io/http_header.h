// A header of a request or an answer, in either direction.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct http_header {
  const char *name;
  const char *value;
};

// The first one of this name, whatever its case; NULL when there is none. Borrowed.
const char *http_header_find(const struct http_header *headers, size_t count,
                             const char *name);
// True when both can go into a message without changing its shape: a token, and text
// without line ends or other control bytes.
bool http_header_valid(const struct http_header *header);
bool http_token_valid(const char *text);  // a method or a header's name
