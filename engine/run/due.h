// The due index: everything that will happen by itself, a row each, read in class and
// time order.
#pragma once

#include "run/kernel.h"

void due_put(struct store *store, const struct work *work);
void due_take_away(struct store *store, const struct work *work);

// Works that are passed over this time. Those of DUE_ALERT never are.
struct due_skip {
  bool (*passes)(void *self, const struct work *work);  // true: not this one
  void *self;
  int left;  // rows that may still be looked at
  // The last row of each class that was; zeros to begin at the front.
  struct due_place {
    int64_t at, kind, ref;
  } behind[DUE_CLASSES];
  bool end;  // out: there was nothing behind them
};

// When the earliest row of each class is due: asked of the rows once after each change
// of the class, though every batch and every look at the clock wants to know. Nobody else
// writes these rows (architecture_spec). Zeroed before its first use.
struct due_firsts {
  int64_t at[DUE_CLASSES];       // ms, INT64_MAX when there is none
  int64_t touched[DUE_CLASSES];  // the store's count when it was read, and one
};
int64_t due_first(struct due_firsts *firsts, struct store *store);  // the earliest of all

// Up to room works due by now, escalations first, no key twice. Returns their count.
int due_collect(struct due_firsts *firsts, struct store *store, int64_t now,
                struct work *works, int room);
// The same without what skip passes over, going on behind the rows where it ended before.
int due_collect_but(struct due_firsts *firsts, struct store *store, int64_t now,
                    struct work *works, int room, struct due_skip *skip);
