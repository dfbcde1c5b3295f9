// Any text against any list of phrases: the first line's words are the list, the rest is
// the text. Whatever a hit is, it is one of the phrases that mean something, in order and
// inside the text.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/phrases.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_words(struct phrases *list, const char *line, size_t len,
                      uint8_t *roles) {
  for (size_t from = 0, i = 0; i <= len; i++) {
    if (i < len && line[i] != ',') continue;
    struct status status = {0};
    enum phrase_role role =
        from < i ? (uint8_t)line[from] % (PHRASE_PLAIN + 1) : PHRASE_MEANS;
    int number = phrases_add(list, line + from, i - from, role, &status);
    if (number >= 0) roles[number % 4096] = (uint8_t)role;
    from = i + 1;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 4096) return 0;
  static uint8_t roles[4096];
  const char *text = memchr(data, '\n', size);
  size_t line = text ? (size_t)(text - (const char *)data) : size;
  struct phrases *list = phrases_new();
  add_words(list, (const char *)data, line, roles);
  phrases_seal(list);
  struct phrase_hits hits = {0};
  size_t len = size - line;
  phrases_find(list, (const char *)data + line, len, &hits);
  for (size_t i = 0, last = 0; i < hits.count; i++) {
    const struct phrase_hit *hit = &hits.items[i];
    assert(hit->phrase >= 0 && roles[hit->phrase] == PHRASE_MEANS &&
           hit->state <= PHRASE_UNSURE);
    assert(hit->len > 0 && hit->from >= last && hit->from + hit->len <= len);
    last = hit->from;
  }
  phrase_hits_deinit(&hits);
  phrases_free(list);
  return 0;
}
