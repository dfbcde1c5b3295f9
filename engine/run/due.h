// The due index: everything that will happen by itself, a row each, read in class and
// time order.
#pragma once

#include "run/kernel.h"

void due_put(struct store *store, const struct work *work);
void due_take_away(struct store *store, const struct work *work);

struct due_skip {  // works of one class that are passed over this time
  enum due_class class;
  bool (*passes)(void *self, const struct work *work);  // true: not this one
  void *self;
  int left;               // rows that may still be looked at
  int64_t at, kind, ref;  // the last row that was; zeros to begin at the front
  bool end;               // out: there was none behind it
};

// When the earliest row of each class is due: asked of the rows once after each change
// of the store, though every batch and every look at the clock wants to know. Zeroed
// before its first use.
struct due_firsts {
  int64_t at[DUE_CLASSES];  // ms, INT64_MAX when there is none
  int64_t changes;          // the store's when they were read, and one
};
int64_t due_first(struct due_firsts *firsts, struct store *store);  // the earliest of all

// Up to room works due by now, escalations first, no key twice. Returns their count.
int due_collect(struct due_firsts *firsts, struct store *store, int64_t now,
                struct work *works, int room);
// The same without what skip passes over, going on behind the row where it ended before.
int due_collect_but(struct due_firsts *firsts, struct store *store, int64_t now,
                    struct work *works, int room, struct due_skip *skip);
