// The store of a closed world is kept, emptied, for the next one: preparing its
// statements takes longer than a patient's three months.
#pragma once

#include "sim/query.h"

struct sim_idle {
  bool in_memory;
  struct sim_queries queries;  // texts by whose addresses the store knows its statements
};

// The kept store, or a new one at path. *kept belongs to it until sim_idle_close.
int sim_idle_open(lua_State *L, const char *path, struct sim_idle *kept,
                  struct store **store, struct status *status);
// Keeps the store, or closes it: one is kept, and none that has grown or failed. NULL is
// fine.
void sim_idle_close(lua_State *L, struct sim_idle *kept, struct store *store);
