#include "care/feedback_tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/mapping.h"

enum { SLOTS = 32768, GROUP = 16 };
static const char separator = '\x1f';

void tally_init(struct tally *tally) {
  *tally = (struct tally){.slots = mem_alloc(SLOTS * sizeof *tally->slots)};
}

void tally_deinit(struct tally *tally) { mem_free(tally->slots); }

static size_t hash_of(const char *text, size_t len) {
  size_t hash = 1469598103934665603u;
  for (size_t i = 0; i < len; i++)
    hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
  return hash ^ hash >> 29;
}

static struct tally_counter *find(struct tally *tally, const char *key, size_t len) {
  for (size_t at = hash_of(key, len) % SLOTS;; at = (at + 1) % SLOTS) {
    struct tally_counter *slot = &tally->slots[at];
    if (slot->key[0] && memcmp(slot->key, key, len + 1) != 0) continue;
    if (slot->key[0]) return slot;
    if (tally->used >= SLOTS / 2) return NULL;
    memcpy(slot->key, key, len + 1);
    tally->used++;
    return slot;
  }
}

void tally_add(struct tally *tally, const char *group, const char *word, size_t len,
               const struct tally_place *place) {
  char key[TALLY_KEY];
  size_t head = strlen(group);
  if (!len || head + len + 2 > sizeof key) return;
  memcpy(key, group, head);
  key[head] = separator;
  memcpy(key + head + 1, word, len);
  key[head + 1 + len] = '\0';
  struct tally_counter *slot = find(tally, key, head + 1 + len);
  if (!slot) return;
  if (place->month >= 0) slot->months[place->month]++;
  if (place->week >= 0) slot->weeks[place->week]++;
  if (place->month != 0) return;
  slot->met += place->worth->met;
  slot->late += place->worth->late;
  slot->satisfied += place->worth->satisfied;
  slot->unsatisfied += place->worth->unsatisfied;
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const struct tally_counter *)a)->key,
                ((const struct tally_counter *)b)->key);
}

static void put_weeks(const struct tally_counter *counter, struct mapping *map) {
  mapping_key(map, "weeks");
  size_t list = value_begin_list(map->out);
  for (int i = 0; i < TALLY_WEEKS; i++) value_put_int(map->out, counter->weeks[i]);
  value_end(map->out, list, TALLY_WEEKS);
}

static void put_counter(const struct tally_counter *counter, struct buf *out) {
  struct mapping map = mapping_begin(out);
  mapping_int(&map, "before", counter->months[1]);
  mapping_text(&map, "key", strchr(counter->key, separator) + 1);
  mapping_int(&map, "late", counter->late);
  mapping_int(&map, "met", counter->met);
  mapping_int(&map, "now", counter->months[0]);
  mapping_int(&map, "older", counter->months[2]);
  mapping_int(&map, "satisfied", counter->satisfied);
  mapping_int(&map, "unsatisfied", counter->unsatisfied);
  put_weeks(counter, &map);
  mapping_end(&map);
}

// The counters of a group stand together once they are sorted; gives where they end.
static size_t put_group(const struct tally *tally, size_t at, struct buf *out) {
  const char *key = tally->slots[at].key;
  size_t group = strcspn(key, (char[]){separator, '\0'}), list = value_begin_list(out);
  uint32_t count = 0;
  for (; at < SLOTS && !strncmp(tally->slots[at].key, key, group + 1); at++, count++)
    put_counter(&tally->slots[at], out);
  value_end(out, list, count);
  return at;
}

void tally_put(struct tally *tally, struct buf *out) {
  struct mapping map = mapping_begin(out);
  qsort(tally->slots, SLOTS, sizeof *tally->slots, by_key);
  size_t at = 0;
  while (at < SLOTS && !tally->slots[at].key[0]) at++;
  while (at < SLOTS) {
    char name[GROUP];
    snprintf(name, sizeof name, "%.*s",
             (int)strcspn(tally->slots[at].key, (char[]){separator, '\0'}),
             tally->slots[at].key);
    mapping_key(&map, name);
    at = put_group(tally, at, out);
  }
  mapping_end(&map);
}
