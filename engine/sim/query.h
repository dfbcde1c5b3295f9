// Looking into a simulated world: SQL from specs, rows as Lua tables.
#pragma once

#include <lua.h>

#include "care/care.h"

enum { SIM_QUERIES = 256 };

struct sim_queries {  // texts kept for as long as the store, which caches statements by
                      // address
  char *texts[SIM_QUERIES];
  int count;
};

int sim_queries_run(struct sim_queries *queries, lua_State *L, struct store *store);
void sim_queries_deinit(struct sim_queries *queries);
void sim_state_set(struct care *care, int64_t enrollment, const char *key,
                   const struct value *value);
// Pushes a run's journal as a list of its records; 0 when there is no such run.
int sim_journal_push(lua_State *L, struct store *store, int64_t id);
// sim:photos(department, form), as sim.c says.
int sim_photos_push(lua_State *L, struct catalog *catalog);
