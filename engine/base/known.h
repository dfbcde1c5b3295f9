// What is said of a name that is none of those there are: which was meant, and which
// there are.
#pragma once

#include <stdbool.h>

#include "base/buf.h"

struct known {
  const char *what;  // "department"; borrowed
  const char *word;  // what was written; borrowed
  struct buf names;  // offered so far, apart by a NUL; owned
  int count;
  bool found;  // the word was among them
};

void known_start(struct known *known, const char *what, const char *word);
// One of the names that there are; copied. Gives whether it is the word.
bool known_offer(struct known *known, const char *name);
// Appends "no department 'orto'; did you mean 'ortho'? (departments: cardiac, ortho)".
void known_put(const struct known *known, struct buf *out);
void known_deinit(struct known *known);
