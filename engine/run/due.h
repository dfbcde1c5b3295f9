// The due index: everything that will happen by itself, a row each, read in class and
// time order.
#pragma once

#include "run/kernel.h"

int64_t due_first(
    struct store *store);  // ms of the earliest row, INT64_MAX when there is none
// Up to room works due by now, escalations first, no key twice. Returns their count.
int due_collect(struct store *store, int64_t now, struct work *works, int room);
