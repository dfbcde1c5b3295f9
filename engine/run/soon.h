// What a batch leads to that is due at once. It is followed in the batch's own
// transaction and kept in memory until then: only what is left over becomes rows.
#pragma once

#include "run/kernel.h"

struct soon {
  bool open;  // a batch is being applied that follows what it leads to
  struct work *works;
  int count, room;
};

bool soon_add(struct soon *soon, const struct work *work);     // false: it needs a row
bool soon_remove(struct soon *soon, const struct work *work);  // false: it is not here
void soon_rekey(struct soon *soon, int64_t from, int64_t to);
// Up to room of them, escalations first, no key twice. Returns their count.
int soon_take(struct soon *soon, struct work *works, int room);
void soon_deinit(struct soon *soon);
