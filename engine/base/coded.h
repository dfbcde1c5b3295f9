// What a word says of a coded item: a code by its beginning, a name by a part of it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// True when the code begins with the word, dots and case ignored ("81.51" is in
// "8151x001"), or the name contains it, case ignored. An empty word matches nothing.
bool coded_matches(const char *code, size_t code_len, const char *name, size_t name_len,
                   const char *word, size_t word_len);
