// What the files of phrases.h share.
#pragma once

#include <stdint.h>

#include "base/phrases.h"

struct phrase_node {  // of a trie, which grows into an automaton (Aho and Corasick, 1975)
  uint32_t character;  // that leads here
  uint32_t parent;
  uint32_t depth;    // characters from the root
  uint32_t fail;     // node of the longest proper suffix that is in the trie
  uint32_t shorter;  // node of the longest proper suffix that is a phrase, or 0
  int phrase;        // that ends here, or -1
};

struct phrases {
  struct phrase_node *nodes;  // 0 is the root
  uint32_t count, room;
  uint32_t *slots;  // hash of (parent, character) → node; 0 is free
  uint32_t slot_count;
  enum phrase_role *roles;  // by phrase
  int phrase_count;
};

enum { PHRASE_CLAUSE = -1 };  // instead of a phrase: a clause ends here

// The character at the front as it is compared, and the bytes it takes; len > 0. What is
// not UTF-8 is U+FFFD, what has no width is 0.
uint32_t phrase_char(const char *text, size_t len, size_t *took);
bool phrase_latin(uint32_t character);
// 0 when there is none.
uint32_t phrases_child(const struct phrases *phrases, uint32_t node, uint32_t character);

void phrase_hits_add(struct phrase_hits *hits, int phrase, size_t from, size_t len);
// Gives each hit its state; a clause's end is among them as PHRASE_CLAUSE.
void phrases_judge(const struct phrases *phrases, const char *text,
                   struct phrase_hits *hits);
