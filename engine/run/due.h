// The due index: everything that will happen by itself, a row each, read in class and
// time order.
#pragma once

#include "run/kernel.h"

struct due_skip {  // works of one class that are passed over this time
  enum due_class class;
  bool (*passes)(void *self, const struct work *work);  // true: not this one
  void *self;
  int left;               // rows that may still be looked at
  int64_t at, kind, ref;  // the last row that was; zeros to begin at the front
  bool end;               // out: there was none behind it
};

int64_t due_first(
    struct store *store);  // ms of the earliest row, INT64_MAX when there is none
// Up to room works due by now, escalations first, no key twice. Returns their count.
int due_collect(struct store *store, int64_t now, struct work *works, int room);
// The same without what skip passes over, going on behind the row where it ended before.
int due_collect_but(struct store *store, int64_t now, struct work *works, int room,
                    struct due_skip *skip);
