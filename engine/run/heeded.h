// Which kinds of events runs have waited for: most that come, such as a monitor's
// readings, are of none, and then no run need be looked for.
#pragma once

#include <stdbool.h>

#include "store/store.h"

enum { HEEDED_TOPIC = STORE_TOPICS - 1 };

struct heeded {
  char **kinds;  // in order
  size_t count;
  int64_t touched;  // of the topic when they were read, and one; 0: never
};

void heeded_add(struct heeded *heeded, struct store *store, const char *kind);
bool heeded_has(struct heeded *heeded, struct store *store, const char *kind);
void heeded_deinit(struct heeded *heeded);
