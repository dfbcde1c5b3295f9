// The allocations of the engine's own code in this module, the nth of which fails; linked
// with --wrap. The spec sets the two numbers by looking them up in the module.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);

int64_t starved_nth, starved_count;
extern int64_t starved_nth, starved_count;

static int starves(void) { return ++starved_count == starved_nth; }

void *__wrap_malloc(size_t size) { return starves() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) {
  return starves() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *memory, size_t size) {
  return starves() ? NULL : __real_realloc(memory, size);
}
char *__wrap_strdup(const char *text) { return starves() ? NULL : __real_strdup(text); }
