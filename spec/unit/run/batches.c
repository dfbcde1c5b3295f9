// How many batches of the kernel works take.
#include "base/clock.h"
#include "run/kernel.h"

#include <lauxlib.h>
#include <lua.h>

int luaopen_afterward_unit_run(lua_State *L);

static void do_nothing(void *self, struct work *posted) { (void)self, (void)posted; }

static bool is_awaited(void *self) {
  (void)self;
  return true;
}

static int64_t batches_of(struct kernel *kernel, lua_Integer count) {
  static const struct work_handler handler = {.apply = do_nothing};
  struct status status = {0};
  for (; count > 0; count--) kernel_post(kernel, count, &handler, NULL, NULL);
  while (kernel_step(kernel, &status)) continue;
  return kernel_statistics(kernel)->batches;
}

// batches(count, awaited): so many happenings while somebody waits for the loop, or
// nobody.
static int batches(lua_State *L) {
  struct store *store;
  struct kernel *kernel;
  struct clock clock;
  struct status status = {0};
  clock_init_set(&clock, 0);
  if (store_open(&store, ":memory:", &status) ||
      kernel_new(&kernel, store, &clock, &status))
    return luaL_error(L, "%s", status.text);
  kernel_on_hurry(kernel, lua_toboolean(L, 2) ? is_awaited : NULL, NULL);
  lua_pushinteger(L, batches_of(kernel, luaL_checkinteger(L, 1)));
  kernel_free(kernel);
  store_close(store);
  return 1;
}

int luaopen_afterward_unit_run(lua_State *L) {
  static const luaL_Reg functions[] = {{"batches", batches}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
