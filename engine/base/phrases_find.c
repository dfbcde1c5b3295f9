// The walk over a text: which phrases are in it, and where its clauses end.
#include <string.h>

#include "base/phrases_parts.h"

enum { RING = 64 };  // > PHRASE_LONGEST, a power of two

struct walk {
  const struct phrases *phrases;
  const char *text;
  size_t len;
  uint32_t node;
  size_t index;  // of the character that is next, among those that are compared
  size_t starts[RING];
  uint32_t characters[RING];
  struct phrase_hits *hits;
};

static uint32_t before(const struct walk *walk, size_t back) {
  return walk->index > back ? walk->characters[(walk->index - 1 - back) % RING] : 0;
}

static bool ideograph(uint32_t character) { return character >= 0x2E80; }

// Commas within numbers end nothing: 38.5, 1,200.
static bool ends_clause(const struct walk *walk, uint32_t character, size_t at) {
  static const uint32_t ends[] = {'!',    '?',    ';',    ':',   '\n',
                                  0x3002, 0x2026, 0x00B7, 0xFFFD};
  if (character == '.' || character == ',') {
    bool digit = at < walk->len && walk->text[at] >= '0' && walk->text[at] <= '9';
    return !digit || !phrase_latin(before(walk, 0));
  }
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (character == ends[i]) return true;
  return false;
}

// Latin words are whole.
static bool stands_alone(const struct walk *walk, const struct phrase_node *node,
                         size_t end) {
  uint32_t first = before(walk, node->depth - 1);
  if (phrase_latin(first) && phrase_latin(before(walk, node->depth))) return false;
  size_t took;
  return !phrase_latin(node->character) || end >= walk->len ||
         !phrase_latin(phrase_char(walk->text + end, walk->len - end, &took));
}

// The longest phrase that ends here counts, and takes the place of those inside it.
static void found(struct walk *walk, size_t end) {
  const struct phrase_node *nodes = walk->phrases->nodes;
  uint32_t at = nodes[walk->node].phrase >= 0 ? walk->node : nodes[walk->node].shorter;
  while (at && !stands_alone(walk, &nodes[at], end)) at = nodes[at].shorter;
  if (!at) return;
  size_t from = walk->starts[(walk->index - nodes[at].depth) % RING];
  while (walk->hits->count > 0 && walk->hits->items[walk->hits->count - 1].from >= from)
    walk->hits->count--;
  phrase_hits_add(walk->hits, nodes[at].phrase, from, end - from);
}

static void step(struct walk *walk, uint32_t character, size_t from, size_t end) {
  const struct phrases *phrases = walk->phrases;
  if (character == ' ' && before(walk, 0) == ' ') return;
  if (ends_clause(walk, character, end))
    phrase_hits_add(walk->hits, PHRASE_CLAUSE, from, 0);
  else if (ideograph(character) && before(walk, 0) == ' ' && ideograph(before(walk, 1)))
    phrase_hits_add(walk->hits, PHRASE_CLAUSE, from - 1,
                    0);  // 没有发烧 胸痛: two clauses
  walk->starts[walk->index % RING] = from;
  walk->characters[walk->index++ % RING] = character;
  uint32_t next;
  while (!(next = phrases_child(phrases, walk->node, character)) && walk->node)
    walk->node = phrases->nodes[walk->node].fail;
  walk->node = next;
  found(walk, end);
}

static void keep_meanings(const struct phrases *phrases, struct phrase_hits *hits) {
  size_t kept = 0;
  for (size_t i = 0; i < hits->count; i++) {
    const struct phrase_hit *hit = &hits->items[i];
    if (hit->phrase >= 0 && phrases->roles[hit->phrase] == PHRASE_MEANS)
      hits->items[kept++] = *hit;
  }
  hits->count = kept;
}

void phrases_find(const struct phrases *phrases, const char *text, size_t len,
                  struct phrase_hits *hits) {
  struct walk walk = {.phrases = phrases, .text = text, .len = len, .hits = hits};
  hits->count = 0;
  for (size_t at = 0, took; at < len; at += took) {
    uint32_t character = phrase_char(text + at, len - at, &took);
    if (character) step(&walk, character, at, at + took);
  }
  phrase_hits_add(hits, PHRASE_CLAUSE, len, 0);
  phrases_judge(phrases, text, hits);
  keep_meanings(phrases, hits);
}
