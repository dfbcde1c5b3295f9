#include "base/nearest.h"

#include <string.h>

enum { LONGEST = 64 };  // of words that are compared

static int least_of(int a, int b) { return a < b ? a : b; }

// Edits from a to b; neighbours swapped are one.
static int distance(const char *a, int a_len, const char *b, int b_len) {
  int rows[3][LONGEST + 1];
  int *before = rows[0], *last = rows[1], *row = rows[2];
  for (int j = 0; j <= b_len; j++) last[j] = j;
  for (int i = 1; i <= a_len; i++) {
    row[0] = i;
    for (int j = 1; j <= b_len; j++) {
      int change = last[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = least_of(change, least_of(last[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = least_of(row[j], before[j - 2] + 1);
    }
    int *spare = before;
    before = last;
    last = row;
    row = spare;
  }
  return last[b_len];
}

void nearest_start(struct nearest *nearest, const char *word, size_t len) {
  *nearest = (struct nearest){.word = word, .len = len};
  nearest->least = len <= 4 ? 2 : len <= 8 ? 3 : 4;
}

void nearest_offer(struct nearest *nearest, const char *word, size_t len) {
  if (len > LONGEST || nearest->len > LONGEST) return;
  int gap = (int)len - (int)nearest->len;
  if (gap >= nearest->least || -gap >= nearest->least) return;
  int edits = distance(nearest->word, (int)nearest->len, word, (int)len);
  if (edits >= nearest->least) return;
  nearest->least = edits;
  nearest->best = word;
  nearest->best_len = len;
}

void nearest_offer_all(struct nearest *nearest, const struct value *known) {
  struct value_iter iter = value_iterate(known);
  struct value key, item;
  while (value_next(&iter, &key, &item)) {
    const struct value *word = known->kind == VALUE_MAP ? &key : &item;
    if (word->kind == VALUE_TEXT) nearest_offer(nearest, word->text.data, word->text.len);
  }
}

void nearest_put(const struct nearest *nearest, struct buf *out) {
  if (!nearest->best) return;
  buf_puts(out, "; did you mean \"");
  buf_put(out, nearest->best, nearest->best_len);
  buf_puts(out, "\"?");
}
