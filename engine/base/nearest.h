// Which known word was meant by one that is not known.
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/value.h"

struct nearest {
  const char *word;  // what was written; borrowed
  size_t len;
  const char *best;  // nearest so far, NULL when none is near; borrowed
  size_t best_len;
  int least;  // its distance, or the first that is too far
};

void nearest_start(struct nearest *nearest, const char *word, size_t len);
void nearest_offer(struct nearest *nearest, const char *word, size_t len);
void nearest_offer_all(struct nearest *nearest,
                       const struct value *known);  // keys, texts
// Appends `; did you mean "within"?`, or nothing.
void nearest_put(const struct nearest *nearest, struct buf *out);
