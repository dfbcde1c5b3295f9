#include "sim/idle.h"

#include <lauxlib.h>
#include <string.h>

enum { PAGES = 2000, TEXTS = SIM_QUERIES / 2 };  // what a kept store may have at most

struct shelf {  // in the registry, so that it ends with the Lua state
  struct store *store;
  struct sim_idle kept;
  bool ended;  // the Lua state is being closed, and worlds may be collected after this
};

static int shelf_free(lua_State *L) {
  struct shelf *shelf = lua_touserdata(L, 1);
  store_close(shelf->store);
  sim_queries_deinit(&shelf->kept.queries);
  *shelf = (struct shelf){.ended = true};
  return 0;
}

static struct shelf *find_shelf(lua_State *L) {
  static const char key;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key);
  struct shelf *shelf = lua_touserdata(L, -1);
  lua_pop(L, 1);
  if (shelf) return shelf;
  shelf = lua_newuserdatauv(L, sizeof *shelf, 0);
  memset(shelf, 0, sizeof *shelf);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, shelf_free);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
  return shelf;
}

int sim_idle_open(lua_State *L, const char *path, struct sim_idle *kept,
                  struct store **store, struct status *status) {
  struct shelf *shelf = find_shelf(L);
  bool in_memory = strcmp(path, ":memory:") == 0;
  if (in_memory && shelf->store) {
    *store = shelf->store;
    *kept = shelf->kept;
    *shelf = (struct shelf){0};
    return OK;
  }
  *kept = (struct sim_idle){.in_memory = in_memory};
  return store_open(store, path, status);
}

static bool fit(const struct sim_idle *kept, struct store *store) {
  struct status status = {0};
  return kept->in_memory && kept->queries.count < TEXTS && !store_broken(store) &&
         !store_in_transaction(store) && store_pages(store) < PAGES &&
         store_empty(store, &status) == OK;
}

void sim_idle_close(lua_State *L, struct sim_idle *kept, struct store *store) {
  struct shelf *shelf = store ? find_shelf(L) : NULL;
  if (shelf && !shelf->ended && !shelf->store && fit(kept, store)) {
    *shelf = (struct shelf){store, *kept};
  } else {
    store_close(store);
    sim_queries_deinit(&kept->queries);
  }
  *kept = (struct sim_idle){0};
}
