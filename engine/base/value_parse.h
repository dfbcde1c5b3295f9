// What the parts of the JSON parser share. Private to value_parse*.c.
#pragma once

#include "base/value.h"

struct entry {          // of an object that is being read
  size_t from, len;     // its bytes in out
  size_t key, key_len;  // its key's, among them
  const char *after;    // the key, in the text
};

struct parse {
  const char *text, *at, *end;
  struct buf *out;
  struct status *status;
  int depth;
  struct entry *entries;  // of all objects that are open, the innermost last
  size_t count, cap;
  struct buf scratch;
};

extern const char parse_too_early[], parse_wrong[];

int parse_fail(struct parse *parse, const char *at, const char *what);
// A text between quotes: within the JSON when it has no escapes, else in scratch.
int parse_text(struct parse *parse, const char **text, size_t *len);
int parse_number(struct parse *parse);  // writes it
