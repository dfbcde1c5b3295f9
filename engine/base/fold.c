#include "base/fold.h"

#include <stdbool.h>
#include <stddef.h>

struct pair {
  uint16_t from, to;
};

static const struct pair pairs[] = {
#include "fold_table.inc"  // by from
};

uint32_t fold_char(uint32_t character) {
  if (character < 0x80)
    return character >= 'A' && character <= 'Z' ? character + 32 : character;
  size_t low = 0, high = sizeof pairs / sizeof *pairs;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (pairs[middle].from < character)
      low = middle + 1;
    else
      high = middle;
  }
  bool found = low < sizeof pairs / sizeof *pairs && pairs[low].from == character;
  return found ? pairs[low].to : character;
}
