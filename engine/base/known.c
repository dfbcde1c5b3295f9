#include "base/known.h"

#include <string.h>

#include "base/nearest.h"

enum { SHOWN = 12, LONGEST = 60 };

void known_start(struct known *known, const char *what, const char *word) {
  *known = (struct known){.what = what, .word = word};
}

bool known_offer(struct known *known, const char *name) {
  bool same = strcmp(name, known->word) == 0;
  buf_put(&known->names, name, strlen(name) + 1);
  known->count++;
  known->found |= same;
  return same;
}

static const char *next(const struct known *known, size_t *at) {
  if (*at >= known->names.len) return NULL;
  const char *name = known->names.data + *at;
  *at += strlen(name) + 1;
  return name;
}

static void put_names(const struct known *known, struct buf *out) {
  const char *name;
  int shown = 0;
  for (size_t at = 0; shown < SHOWN && (name = next(known, &at)); shown++)
    buf_printf(out, "%s%s", shown ? ", " : "", name);
  if (known->count > shown) buf_puts(out, ", …");
}

void known_put(const struct known *known, struct buf *out) {
  struct nearest nearest;
  const char *name;
  nearest_start(&nearest, known->word, strlen(known->word));
  for (size_t at = 0; (name = next(known, &at));)
    nearest_offer(&nearest, name, strlen(name));
  buf_printf(out, "no %s '%.*s'", known->what, LONGEST, known->word);
  if (nearest.best)
    buf_printf(out, "; did you mean '%.*s'?", (int)nearest.best_len, nearest.best);
  if (!known->count) {
    buf_printf(out, ": there are no %ss", known->what);
    return;
  }
  buf_printf(out, " (%ss: ", known->what);
  put_names(known, out);
  buf_puts(out, ")");
}

void known_deinit(struct known *known) { buf_deinit(&known->names); }
