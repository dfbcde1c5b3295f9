// Small memory of one Lua state: pieces of like size cut from slabs, so that the many
// short-lived values of a turn don't each go through the process's allocator. A slab of
// which nothing is used any more is given back.
#pragma once

#include <stddef.h>

enum { SLAB_CLASSES = 32, SLAB_STEP = 16, SLAB_MOST = SLAB_CLASSES * SLAB_STEP };

struct slab;
struct slabs {
  struct slab
      *open[SLAB_CLASSES];  // of each size, those with free pieces; most recent first
};

// Like realloc, with the size that the memory has; before 0: there is none; size 0: gives
// it back. Larger pieces come from the process's allocator.
void *slabs_resize(struct slabs *slabs, void *memory, size_t before, size_t size);
// All memory must have been given back.
void slabs_deinit(struct slabs *slabs);
