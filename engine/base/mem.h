// Memory that is there or the process ends: nothing above this line handles malloc
// failing.
#pragma once

#include <stddef.h>

void *mem_alloc(size_t size);                           // zeroed
void *mem_resize(void *memory, size_t size);            // like realloc
char *mem_copy_text(const char *text);                  // NULL stays NULL
char *mem_copy_bytes(const void *bytes, size_t count);  // NUL added
void mem_free(void *memory);
// Gives back what was freed: the library keeps it for the thread that had it, and a large
// thing may be made by another one next time.
void mem_trim(void);
// For a process that runs for months: what is large goes back as soon as it is freed.
// Without this one large thing that was freed has the next ones laid among the small.
void mem_return_large(void);
// What they do when there is none; for libraries that say so instead.
_Noreturn void mem_out(void);
