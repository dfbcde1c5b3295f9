// Turns among those whose scripts share the loop: who used up a batch waits until the
// others had theirs. The kernel knows them as numbers only.
#pragma once

#include "run/due.h"

enum { TURNS_SERVED = 16 };

struct turns {
  // Whose a work is; 0: nobody's. Set by the kernel.
  int64_t (*share)(void *self, const struct work *work);
  void *self;
  int64_t served[TURNS_SERVED];  // shares that had their turn in this round
  int count;
  struct due_firsts firsts;
  struct due_skip skip;  // how far the others' works have been looked for
  bool elsewhere;        // the works in hand were looked for past those of the served
  int64_t slowest_ms, slowest;  // of the batch: the longest preparation, and whose it was
};

// Up to room works due by now, none of a share that was served in this round; but alerts,
// whosever they are.
int turns_collect(struct turns *turns, struct store *store, int64_t now,
                  struct work *works, int room);
void turns_begin(struct turns *turns);  // of a batch
// What follows in the batch is cut short for want of time: whose it was lets others go
// first.
void turns_cut(struct turns *turns);
// How long a work took to prepare.
void turns_note(struct turns *turns, const struct work *work, int64_t ms);
// The batch ends, with these works, of those collected, left over; cut: for want of time.
void turns_end(struct turns *turns, const struct work *left, int count, bool cut);
