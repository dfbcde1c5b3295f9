// Programs run beside the loop, and folders that it looks after.
#include <string.h>

#include "io/child.h"
#include "io/watch.h"
#include "world.h"

enum { WORDS = 8 };

struct run {
  bool done, late;
  int code;
  struct buf output;
};

static void on_end(void *ctx, const struct child_result *result) {
  struct run *run = ctx;
  run->done = true;
  run->late = result->late;
  run->code = result->code;
  buf_put(&run->output, result->output.data, result->output.len);
}

static struct child *start(lua_State *L, struct world *world, struct run *run,
                           struct status *status) {
  const char *words[WORDS + 1] = {NULL},
                            *env[] = {"PATH=/usr/bin:/bin", "TOLD=yes", NULL};
  for (int i = 0; i < WORDS && lua_rawgeti(L, 2, i + 1) == LUA_TSTRING; i++)
    words[i] = lua_tostring(L, -1);
  return child_start(world->loop,
                     &(struct child_config){.words = words,
                                            .env = env,
                                            .folder = "/",
                                            .limit_ms = luaL_checkinteger(L, 3),
                                            .output = (size_t)luaL_checkinteger(L, 4)},
                     on_end, run, status);
}

// world:child(words, limit_ms, bytes) → { code, late, output }, or nil and why.
static int world_child(lua_State *L) {
  struct world *world = world_check(L);
  struct run run = {0};
  struct status status = {0};
  luaL_checktype(L, 2, LUA_TTABLE);
  if (!start(L, world, &run, &status)) {
    loop_step(world->loop, 0);
    lua_pushnil(L);
    lua_pushstring(L, status.text);
    return 2;
  }
  while (!run.done) loop_step(world->loop, 20);  // its limit ends it
  lua_newtable(L);
  lua_pushinteger(L, run.code);
  lua_setfield(L, -2, "code");
  lua_pushboolean(L, run.late);
  lua_setfield(L, -2, "late");
  lua_pushlstring(L, buf_text(&run.output), run.output.len);
  lua_setfield(L, -2, "output");
  buf_deinit(&run.output);
  return 1;
}

// world:leave(words): starts it, and takes it back before it has ended.
static int world_leave(lua_State *L) {
  struct world *world = world_check(L);
  struct run run = {0};
  struct status status = {0};
  lua_settop(L, 2);
  lua_pushinteger(L, 60000);
  lua_pushinteger(L, 100);
  struct child *child = start(L, world, &run, &status);
  loop_step(world->loop, 20);
  child_kill(child);
  loop_step(world->loop, 20);
  lua_pushboolean(L, run.done);
  return 1;
}

static void on_change(void *ctx) { (*(int *)ctx)++; }

// world:watch(folder, change, ms): how often it said that something changed, ms after
// change() was called.
static int world_watch(lua_State *L) {
  struct world *world = world_check(L);
  int changes = 0;
  struct watch *watch =
      watch_new(world->loop, luaL_checkstring(L, 2), on_change, &changes);
  lua_pushvalue(L, 3);
  lua_call(L, 0, 0);
  int64_t until = loop_now(world->loop) + luaL_checkinteger(L, 4);
  while (loop_now(world->loop) < until) loop_step(world->loop, 20);
  watch_free(watch);
  lua_pushinteger(L, changes);
  return 1;
}

const luaL_Reg world_beside_verbs[] = {
    {"child", world_child}, {"leave", world_leave}, {"watch", world_watch}, {NULL, NULL}};
