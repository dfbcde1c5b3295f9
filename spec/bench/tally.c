#include "tally.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

enum { SLOTS_FIRST = 1 << 16 };

int64_t tally_now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static uint64_t hash(const char *key) {
  uint64_t out = 14695981039346656037u;
  for (; *key; key++) out = (out ^ (unsigned char)*key) * 1099511628211u;
  return out ^ out >> 29;
}

// The key's slot, or the empty one where it belongs.
static uint32_t *slot_of(const struct tally *tally, const char *key) {
  size_t at = hash(key) & (tally->slot_count - 1);
  while (tally->slots[at] && strcmp(tally->list[tally->slots[at] - 1].key, key) != 0)
    at = (at + 1) & (tally->slot_count - 1);
  return &tally->slots[at];
}

static void grow_slots(struct tally *tally) {
  uint32_t *old = tally->slots;
  size_t count = tally->slot_count;
  tally->slot_count = count ? count * 2 : SLOTS_FIRST;
  tally->slots = mem_alloc(tally->slot_count * sizeof *tally->slots);
  for (size_t i = 0; i < count; i++)
    if (old[i]) *slot_of(tally, tally->list[old[i] - 1].key) = old[i];
  mem_free(old);
}

bool tally_add(struct tally *tally, const char *key, const char *class_) {
  if (tally->distinct * 2 >= tally->slot_count) grow_slots(tally);
  if (tally->count == tally->cap) {
    tally->cap = tally->cap ? tally->cap * 2 : 1024;
    tally->list = mem_resize(tally->list, tally->cap * sizeof *tally->list);
  }
  struct arrival *arrival = &tally->list[tally->count++];
  arrival->us = tally_now_us();
  snprintf(arrival->key, sizeof arrival->key, "%s", key);
  snprintf(arrival->class_, sizeof arrival->class_, "%s", class_);
  uint32_t *slot = slot_of(tally, arrival->key);
  if (*slot) return false;
  *slot = (uint32_t)tally->count;
  tally->distinct++;
  return true;
}

void tally_deinit(struct tally *tally) {
  mem_free(tally->list);
  mem_free(tally->slots);
  *tally = (struct tally){0};
}
