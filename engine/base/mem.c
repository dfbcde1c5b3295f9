#include "base/mem.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE = 1 << 20 };

void mem_out(void) {
  fputs("afterward: out of memory\n", stderr);
  abort();
}

static void *must(void *memory) {
  if (!memory) mem_out();
  return memory;
}

void *mem_alloc(size_t size) { return must(calloc(1, size ? size : 1)); }

void *mem_resize(void *memory, size_t size) {
  return must(realloc(memory, size ? size : 1));
}

char *mem_copy_text(const char *text) {
  return text ? mem_copy_bytes(text, strlen(text)) : NULL;
}

char *mem_copy_bytes(const void *bytes, size_t count) {
  char *copy = mem_alloc(count + 1);
  if (count) memcpy(copy, bytes, count);
  return copy;
}

void mem_free(void *memory) { free(memory); }

void mem_trim(void) { malloc_trim(0); }

void mem_return_large(void) {
  mallopt(M_MMAP_THRESHOLD, LARGE);
  mallopt(M_TRIM_THRESHOLD, 8 * LARGE);
}
