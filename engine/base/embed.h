// Files that the binary carries, made by engine/embed.cmake.
#pragma once

#include <stddef.h>

struct embedded {
  const char *name;  // file name without folder; NULL ends the list
  const char *text;  // followed by a NUL
  size_t length;
};

extern const struct embedded migrations[];  // db/*.sql, in number order
extern const struct embedded
    script_std[];  // engine/script/*.lua and engine/script/{std,check}/*.lua
extern const struct embedded measure_table[];  // engine/care/measure.csv
extern const struct embedded script_new[];     // engine/new/*.lua
