#include "fhir/token.h"

#include <string.h>

const char *fhir_system(const struct fhir *fhir, const char *which) {
  if (!strcmp(which, "mrn")) return fhir->mrn;
  return strcmp(which, "visit") ? NULL : fhir->visit;
}

bool fhir_token_read(const struct fhir *fhir, const char *which, const char *text,
                     struct buf *number) {
  const char *bar = strchr(text, '|'), *system = fhir_system(fhir, which);
  size_t len = bar ? (size_t)(bar - text) : 0;
  if (bar && system && len && (strlen(system) != len || memcmp(system, text, len)))
    return false;
  buf_puts(number, bar ? bar + 1 : text);
  return number->len > 0;
}

static bool is_word(const char *words, const char *word, size_t len) {
  for (size_t each; *words; words += each + (words[each] == ' ')) {
    each = strcspn(words, " ");
    if (each == len && !memcmp(words, word, len)) return true;
  }
  return false;
}

bool fhir_words_read(const char *words, const char *text, struct buf *out) {
  buf_puts(out, "[");
  for (size_t len;; text += len + 1) {
    len = strcspn(text, ",");
    if (!is_word(words, text, len)) return false;
    buf_printf(out, "%s\"%.*s\"", out->len > 1 ? "," : "", (int)len, text);
    if (!text[len]) break;
  }
  buf_puts(out, "]");
  return true;
}
