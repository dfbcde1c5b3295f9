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

static void told(void *self) { (void)self; }

static int64_t step(struct kernel *kernel, int64_t key) {
  static const struct work_handler handler = {.apply = do_nothing};
  struct status status = {0};
  kernel_post(kernel, key, &handler, NULL, NULL);
  kernel_step(kernel, &status);
  return kernel_statistics(kernel)->batches;
}

// Pairs of happenings, the second just after the first's commit; how many of these began
// no batch of their own before the disk was ready.
static int64_t deferred(struct kernel *kernel, struct clock *clock, int64_t pairs) {
  int64_t count = 0;
  for (int64_t i = 1; i <= pairs; i++) {
    clock_set(clock, 2 * i);
    int64_t first = step(kernel, 1);
    clock_set(clock, 2 * i + 1);
    count += step(kernel, 2) == first;
    while (kernel_settle(kernel)) continue;
    kernel_step(kernel, &(struct status){0});
    while (kernel_settle(kernel)) continue;
  }
  return count;
}

// apart(path, pairs): that, and how many works were done.
static int apart(lua_State *L) {
  struct store *store;
  struct kernel *kernel;
  struct clock clock;
  struct status status = {0};
  clock_init_set(&clock, 0);
  if (store_open(&store, luaL_checkstring(L, 1), &status) ||
      kernel_new(&kernel, store, &clock, &status))
    return luaL_error(L, "%s", status.text);
  store_sync_apart(store, told, NULL);
  lua_pushinteger(L, deferred(kernel, &clock, luaL_checkinteger(L, 2)));
  lua_pushinteger(L, kernel_statistics(kernel)->works);
  kernel_free(kernel);
  store_close(store);
  return 2;
}

int luaopen_afterward_unit_run(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"batches", batches}, {"apart", apart}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
