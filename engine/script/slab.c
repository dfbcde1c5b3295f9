#include "script/slab.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

// And so aligned: a piece's slab is found by its address.
enum { SLAB_BYTES = 16 * 1024 };

struct piece {
  struct piece *next;
};

struct slab {
  struct slab *next, *before;  // in the list of open ones
  struct piece *free;          // given back
  size_t fresh;                // from this byte on nothing was ever used
  unsigned used, class;
  bool open;
};

enum { FIRST = (sizeof(struct slab) + SLAB_STEP - 1) / SLAB_STEP * SLAB_STEP };

static size_t size_of(const struct slab *slab) { return (slab->class + 1) * SLAB_STEP; }

static void list_in(struct slabs *slabs, struct slab *slab) {
  slab->open = true;
  slab->before = NULL;
  slab->next = slabs->open[slab->class];
  if (slab->next) slab->next->before = slab;
  slabs->open[slab->class] = slab;
}

static void list_out(struct slabs *slabs, struct slab *slab) {
  slab->open = false;
  if (slab->next) slab->next->before = slab->before;
  if (slab->before)
    slab->before->next = slab->next;
  else
    slabs->open[slab->class] = slab->next;
}

static struct slab *slab_new(struct slabs *slabs, unsigned class) {
  struct slab *slab = aligned_alloc(SLAB_BYTES, SLAB_BYTES);
  if (!slab) mem_out();
  assert(slab);
  *slab = (struct slab){.class = class, .fresh = FIRST};
  list_in(slabs, slab);
  return slab;
}

static bool is_full(const struct slab *slab) {
  return !slab->free && slab->fresh + size_of(slab) > SLAB_BYTES;
}

static void *take(struct slabs *slabs, unsigned class) {
  struct slab *slab = slabs->open[class];
  if (!slab) slab = slab_new(slabs, class);
  struct piece *piece = slab->free;
  if (piece) {
    slab->free = piece->next;
  } else {
    piece = (struct piece *)((char *)slab + slab->fresh);
    slab->fresh += size_of(slab);
  }
  slab->used++;
  if (is_full(slab)) list_out(slabs, slab);
  return piece;
}

// The last open one of its size stays: the next turn needs it again.
static void give(struct slabs *slabs, void *memory) {
  struct slab *slab = (struct slab *)((uintptr_t)memory & ~(uintptr_t)(SLAB_BYTES - 1));
  struct piece *piece = memory;
  piece->next = slab->free;
  slab->free = piece;
  slab->used--;
  if (!slab->open) list_in(slabs, slab);
  if (slab->used || (!slab->next && !slab->before)) return;
  list_out(slabs, slab);
  free(slab);
}

static unsigned class_of(size_t size) { return (unsigned)((size - 1) / SLAB_STEP); }

static void *get(struct slabs *slabs, size_t size) {
  return size > SLAB_MOST ? mem_resize(NULL, size) : take(slabs, class_of(size));
}

static void drop(struct slabs *slabs, void *memory, size_t size) {
  if (size > SLAB_MOST)
    mem_free(memory);
  else
    give(slabs, memory);
}

void *slabs_resize(struct slabs *slabs, void *memory, size_t before, size_t size) {
  if (!before && !size) return NULL;
  if (!before) return get(slabs, size);
  if (!size) {
    drop(slabs, memory, before);
    return NULL;
  }
  if (before > SLAB_MOST && size > SLAB_MOST) return mem_resize(memory, size);
  if (before <= SLAB_MOST && size <= SLAB_MOST && class_of(before) == class_of(size))
    return memory;
  void *moved = get(slabs, size);
  memcpy(moved, memory, before < size ? before : size);
  drop(slabs, memory, before);
  return moved;
}

void slabs_deinit(struct slabs *slabs) {
  for (int i = 0; i < SLAB_CLASSES; i++) {
    for (struct slab *slab = slabs->open[i], *next; slab; slab = next) {
      next = slab->next;
      free(slab);
    }
    slabs->open[i] = NULL;
  }
}
