#include "base/phrases.h"

#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/phrases_parts.h"
#include "base/utf8.h"

uint32_t phrase_char(const char *text, size_t len, size_t *took) {
  *took = utf8_char(text, len);
  if (*took == 0) {
    *took = 1;
    return 0xFFFD;
  }
  uint32_t out = utf8_code(text, *took);
  if (out == '\t' || out == '\r') return ' ';
  if ((out >= 0x200B && out <= 0x200D) || out == 0xFEFF) return 0;
  return fold_char(out);
}

bool phrase_latin(uint32_t character) {
  return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
}

static uint32_t slot_of(const struct phrases *phrases, uint32_t node,
                        uint32_t character) {
  uint64_t hash = ((uint64_t)node << 21 | character) * 0x9E3779B97F4A7C15ULL;
  uint32_t slot = (uint32_t)(hash >> 33) & (phrases->slot_count - 1);
  for (uint32_t found; (found = phrases->slots[slot]) != 0;
       slot = (slot + 1) & (phrases->slot_count - 1))
    if (phrases->nodes[found].parent == node &&
        phrases->nodes[found].character == character)
      break;
  return slot;
}

uint32_t phrases_child(const struct phrases *phrases, uint32_t node, uint32_t character) {
  return phrases->slots[slot_of(phrases, node, character)];
}

static void rehash(struct phrases *phrases) {
  mem_free(phrases->slots);
  phrases->slot_count = phrases->room * 2;
  phrases->slots = mem_alloc(phrases->slot_count * sizeof *phrases->slots);
  for (uint32_t i = 1; i < phrases->count; i++)
    phrases
        ->slots[slot_of(phrases, phrases->nodes[i].parent, phrases->nodes[i].character)] =
        i;
}

static void grow(struct phrases *phrases) {
  phrases->room *= 2;
  phrases->nodes = mem_resize(phrases->nodes, phrases->room * sizeof *phrases->nodes);
  rehash(phrases);
}

struct phrases *phrases_new(void) {
  struct phrases *phrases = mem_alloc(sizeof *phrases);
  phrases->room = 64;
  phrases->nodes = mem_alloc(phrases->room * sizeof *phrases->nodes);
  phrases->nodes[0] = (struct phrase_node){.phrase = -1};
  phrases->count = 1;
  rehash(phrases);
  return phrases;
}

static uint32_t add_child(struct phrases *phrases, uint32_t node, uint32_t character) {
  uint32_t found = phrases_child(phrases, node, character);
  if (found) return found;
  if (phrases->count == phrases->room) grow(phrases);
  found = phrases->count++;
  phrases->nodes[found] = (struct phrase_node){.character = character,
                                               .parent = node,
                                               .depth = phrases->nodes[node].depth + 1,
                                               .phrase = -1};
  phrases->slots[slot_of(phrases, node, character)] = found;
  return found;
}

static int add_text(struct phrases *phrases, const char *text, size_t len, uint32_t *node,
                    struct status *status) {
  if (!utf8_valid(text, len))
    return status_fail(status, ERR_INVALID, "the phrase is not UTF-8 text");
  for (size_t took; len > 0; text += took, len -= took) {
    uint32_t character = phrase_char(text, len, &took);
    if (character) *node = add_child(phrases, *node, character);
    if (phrases->nodes[*node].depth > PHRASE_LONGEST)
      return status_fail(status, ERR_INVALID, "the phrase is longer than %d characters",
                         PHRASE_LONGEST);
  }
  return *node ? OK : status_fail(status, ERR_INVALID, "the phrase is empty");
}

int phrases_add(struct phrases *phrases, const char *text, size_t len,
                enum phrase_role role, struct status *status) {
  uint32_t node = 0;
  int code = add_text(phrases, text, len, &node, status);
  if (code) return code;
  if (phrases->nodes[node].phrase >= 0)
    return status_fail(status, ERR_INVALID, "%.*s stands twice", (int)len, text);
  phrases->roles = mem_resize(
      phrases->roles, (size_t)(phrases->phrase_count + 1) * sizeof *phrases->roles);
  phrases->roles[phrases->phrase_count] = role;
  phrases->nodes[node].phrase = phrases->phrase_count;
  return phrases->phrase_count++;
}

static void link_node(struct phrases *phrases, uint32_t index) {
  struct phrase_node *node = &phrases->nodes[index];
  if (node->depth < 2) return;
  uint32_t suffix = phrases->nodes[node->parent].fail;
  while (suffix && !phrases_child(phrases, suffix, node->character))
    suffix = phrases->nodes[suffix].fail;
  node->fail = phrases_child(phrases, suffix, node->character);
  const struct phrase_node *fail = &phrases->nodes[node->fail];
  node->shorter = fail->phrase >= 0 ? node->fail : fail->shorter;
}

void phrases_seal(struct phrases *phrases) {
  for (uint32_t depth = 2; depth <= PHRASE_LONGEST;
       depth++)  // a suffix is shorter: linked before
    for (uint32_t i = 1; i < phrases->count; i++)
      if (phrases->nodes[i].depth == depth) link_node(phrases, i);
}

void phrases_free(struct phrases *phrases) {
  if (!phrases) return;
  mem_free(phrases->nodes);
  mem_free(phrases->slots);
  mem_free(phrases->roles);
  mem_free(phrases);
}

void phrase_hits_add(struct phrase_hits *hits, int phrase, size_t from, size_t len) {
  if (hits->count == hits->room) {
    hits->room = hits->room ? hits->room * 2 : 16;
    hits->items = mem_resize(hits->items, hits->room * sizeof *hits->items);
  }
  hits->items[hits->count++] =
      (struct phrase_hit){.phrase = phrase, .from = from, .len = len};
}

void phrase_hits_deinit(struct phrase_hits *hits) {
  mem_free(hits->items);
  memset(hits, 0, sizeof *hits);
}
