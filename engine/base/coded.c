#include "base/coded.h"

#include <ctype.h>

static int folded(const char *text, size_t at) {
  return tolower((unsigned char)text[at]);
}

static size_t skip_dots(const char *text, size_t len, size_t at) {
  while (at < len && text[at] == '.') at++;
  return at;
}

static bool code_begins(const char *code, size_t len, const char *word, size_t word_len) {
  size_t i = 0, j = 0, matched = 0;
  for (;;) {
    i = skip_dots(code, len, i);
    j = skip_dots(word, word_len, j);
    if (j == word_len) return matched > 0;
    if (i == len || folded(code, i) != folded(word, j)) return false;
    i++, j++, matched++;
  }
}

static bool name_contains(const char *name, size_t len, const char *word,
                          size_t word_len) {
  for (size_t from = 0; word_len > 0 && from + word_len <= len; from++) {
    size_t i = 0;
    while (i < word_len && folded(name, from + i) == folded(word, i)) i++;
    if (i == word_len) return true;
  }
  return false;
}

bool coded_matches(const char *code, size_t code_len, const char *name, size_t name_len,
                   const char *word, size_t word_len) {
  return code_begins(code, code_len, word, word_len) ||
         name_contains(name, name_len, word, word_len);
}
