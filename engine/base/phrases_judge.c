// What a clause says of the phrases in it. Only what stands directly behind a denial, or
// what words that link let through, is denied; near it, a person must read.

#include "base/phrases_parts.h"

enum { REACH = 36 };  // bytes, twelve characters: how far a denial may still be meant

struct reading {
  const struct phrases *phrases;
  const char *text;
  struct phrase_hit *items;
};

// What came last of a denial: 没有, then what it denies, then 、.
enum stage { NONE, AFTER_NOT, AFTER_DENIED, AFTER_AND };

struct denial {
  enum stage stage;
  size_t end;    // of what belongs to it
  size_t meant;  // until here it may be meant
};

static enum phrase_role role_of(const struct reading *reading, size_t item) {
  int phrase = reading->items[item].phrase;
  return phrase == PHRASE_CLAUSE ? PHRASE_BREAK : reading->phrases->roles[phrase];
}

static bool only_spaces(const struct reading *reading, size_t from, size_t to) {
  for (; from < to; from++)
    if (reading->text[from] != ' ') return false;
  return true;
}

static bool follows(const struct reading *reading, const struct denial *denial,
                    size_t from) {
  return denial->stage != NONE && only_spaces(reading, denial->end, from);
}

static void carry(struct denial *denial, enum stage stage,
                  const struct phrase_hit *item) {
  denial->stage = stage;
  denial->end = item->from + item->len;
  denial->meant = denial->end + REACH;
}

static void meet_meaning(const struct reading *reading, struct denial *denial,
                         struct phrase_hit *item) {
  if (follows(reading, denial, item->from) && denial->stage != AFTER_DENIED) {
    item->state = PHRASE_DENIED;
    carry(denial, AFTER_DENIED, item);
    return;
  }
  item->state = item->from < denial->meant ? PHRASE_UNSURE : PHRASE_SAID;
  denial->stage = NONE;
}

// 没有没有: nothing is denied. 没有好: nothing is over, and what follows is not denied by
// it.
static void meet_other(const struct reading *reading, struct denial *denial, size_t at) {
  struct phrase_hit *item = &reading->items[at];
  enum phrase_role role = role_of(reading, at);
  bool next = follows(reading, denial, item->from);
  bool behind_not = next && denial->stage == AFTER_NOT;
  if (role == PHRASE_GONE && behind_not) item->state = PHRASE_DENIED;
  if (role == PHRASE_TURN || (behind_not && (role == PHRASE_GONE || role == PHRASE_NOT)))
    *denial = (struct denial){0};
  else if (role == PHRASE_NOT)
    carry(denial, AFTER_NOT, item);
  else if (next && role == PHRASE_LINK && denial->stage != AFTER_DENIED)
    carry(denial, denial->stage, item);
  else if (next && role == PHRASE_AND && denial->stage == AFTER_DENIED)
    carry(denial, AFTER_AND, item);
}

static void read_denials(const struct reading *reading, size_t first, size_t end) {
  struct denial denial = {0};
  for (size_t i = first; i < end; i++) {
    if (role_of(reading, i) == PHRASE_MEANS)
      meet_meaning(reading, &denial, &reading->items[i]);
    else
      meet_other(reading, &denial, i);
  }
}

static void doubt(struct phrase_hit *item) {
  if (item->state == PHRASE_SAID) item->state = PHRASE_UNSURE;
}

// From the end to the front: what 好了 puts an end to. True when the clause says so of
// something, but names nothing itself.
static bool read_ends(const struct reading *reading, size_t first, size_t end) {
  bool over = false, direct = false, named = false;
  size_t begin = 0;
  for (size_t i = end; i-- > first;) {
    struct phrase_hit *item = &reading->items[i];
    enum phrase_role role = role_of(reading, i);
    bool next = direct && only_spaces(reading, item->from + item->len, begin);
    named = named || role == PHRASE_MEANS;
    if (role == PHRASE_GONE && item->state != PHRASE_DENIED) {
      over = direct = true;
      begin = item->from;
    } else if (next && (role == PHRASE_LINK || role == PHRASE_AND)) {
      begin = item->from;
    } else if (role == PHRASE_MEANS && over) {
      if (next && item->state == PHRASE_SAID) item->state = PHRASE_DENIED;
      doubt(item);
      begin = item->from;
    }
  }
  return over && !named;
}

static bool doubted(const struct reading *reading, size_t first, size_t end) {
  for (size_t i = first; i < end; i++)
    if (role_of(reading, i) == PHRASE_DOUBT) return true;
  return false;
}

static void leave_open(const struct reading *reading, size_t first, size_t end,
                       bool denied_too) {
  for (size_t i = first; i < end; i++)
    if (role_of(reading, i) == PHRASE_MEANS &&
        (denied_too || reading->items[i].state == PHRASE_SAID))
      reading->items[i].state = PHRASE_UNSURE;
}

void phrases_judge(const struct phrases *phrases, const char *text,
                   struct phrase_hits *hits) {
  struct reading reading = {phrases, text, hits->items};
  size_t last = 0;  // where the clause before began
  for (size_t first = 0, end; first < hits->count; first = end + 1) {
    for (end = first; role_of(&reading, end) != PHRASE_BREAK;) end++;
    read_denials(&reading, first, end);
    if (read_ends(&reading, first, end)) leave_open(&reading, last, first, false);
    if (doubted(&reading, first, end)) leave_open(&reading, first, end, true);
    if (end > first) last = first;
  }
}
