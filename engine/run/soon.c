#include "run/soon.h"

#include <stdlib.h>

#include "base/mem.h"

enum { MOST = 1024 };  // what a batch leads to beyond that has its rows

static int compare(int64_t a, int64_t b) { return a < b ? -1 : a > b; }

// The order of the table.
static int by_order(const void *one, const void *other) {
  const struct work *a = one, *b = other;
  int order = compare(a->class, b->class);
  if (!order) order = compare(a->at, b->at);
  if (!order) order = compare(a->kind, b->kind);
  return order ? order : compare(a->ref, b->ref);
}

static int find(const struct soon *soon, const struct work *work) {
  int i = soon->count - 1;  // what is taken back was mostly just added
  while (i >= 0 && by_order(&soon->works[i], work) != 0) i--;
  return i;
}

bool soon_add(struct soon *soon, const struct work *work) {
  if (!soon->open || work->class > DUE_MESSAGE) return false;
  int at = find(soon, work);
  if (at < 0 && soon->count == MOST) return false;
  if (at < 0 && soon->count == soon->room) {
    soon->room = soon->room ? soon->room * 2 : 64;
    soon->works = mem_resize(soon->works, (size_t)soon->room * sizeof *soon->works);
  }
  if (at < 0) at = soon->count++;
  soon->works[at] = *work;
  return true;
}

bool soon_remove(struct soon *soon, const struct work *work) {
  int at = find(soon, work);
  if (at < 0) return false;
  soon->works[at] = soon->works[--soon->count];
  return true;
}

void soon_rekey(struct soon *soon, int64_t from, int64_t to) {
  for (int i = 0; i < soon->count; i++)
    if (soon->works[i].key == from) soon->works[i].key = to;
}

static bool key_taken(const struct work *works, int count, int64_t key) {
  for (int i = 0; i < count; i++)
    if (works[i].key == key) return true;
  return false;
}

int soon_take(struct soon *soon, struct work *works, int room) {
  int count = 0, left = 0;
  if (!soon->count) return 0;
  qsort(soon->works, (size_t)soon->count, sizeof *soon->works, by_order);
  for (int i = 0; i < soon->count; i++) {
    const struct work *work = &soon->works[i];
    if (count < room && !key_taken(works, count, work->key))
      works[count++] = *work;
    else
      soon->works[left++] = *work;
  }
  soon->count = left;
  return count;
}

void soon_deinit(struct soon *soon) { mem_free(soon->works); }
