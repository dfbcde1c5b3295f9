// Phrases in what people write, and whether each is said, denied or in doubt there.
//
// Text is compared as fold.h does. A phrase inside a longer one doesn't count (没有 in
// 不是没有), and Latin letters match whole words. What denies or doubts is phrases, too;
// a doubt is always PHRASE_UNSURE, never a guess: 没有胸痛 is denied, 没有去看胸痛 is for
// a person.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum phrase_role {
  PHRASE_MEANS,  // what is looked for
  PHRASE_NOT,    // denies what follows: 没有
  PHRASE_GONE,   // denies what came before: 好了
  PHRASE_DOUBT,  // leaves its whole clause open: 以前, 会不会
  PHRASE_LINK,   // may stand between a denial and what it denies: 出现过
  PHRASE_AND,    // carries a denial on to the next: 、 或
  PHRASE_TURN,   // ends a denial: 有
  PHRASE_BREAK,  // begins a clause, as a comma does: 但是
  PHRASE_PLAIN,  // means nothing: keeps what is inside it from being found
};

enum phrase_state { PHRASE_SAID, PHRASE_DENIED, PHRASE_UNSURE };

struct phrase_hit {
  int phrase;        // its number
  size_t from, len;  // bytes of the text
  enum phrase_state state;
};

struct phrase_hits {
  struct phrase_hit *items;  // in order of the text; freed with phrase_hits_deinit
  size_t count, room;
};

enum { PHRASE_LONGEST = 32 };  // characters of a phrase

struct phrases;  // a list of them: after phrases_seal it is only read, by any thread

struct phrases *phrases_new(void);  // the caller frees it with phrases_free
// The new phrase's number, counted from 0; or an error, when it is empty, too long, not
// UTF-8 or there already.
int phrases_add(struct phrases *phrases, const char *text, size_t len,
                enum phrase_role role, struct status *status);
void phrases_seal(struct phrases *phrases);  // once, before phrases_find
void phrases_free(struct phrases *phrases);  // NULL is fine

// Puts every PHRASE_MEANS of the text into hits, which are emptied first. Bytes that are
// not UTF-8 match nothing. Time grows with the text alone, not with the number of
// phrases.
void phrases_find(const struct phrases *phrases, const char *text, size_t len,
                  struct phrase_hits *hits);
void phrase_hits_deinit(struct phrase_hits *hits);
