#include "world.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct world *world_check(lua_State *L) {
  struct world **world = luaL_checkudata(L, 1, "afterward.unit.io.world");
  if (!*world) luaL_argerror(L, 1, "the world is closed"), abort();
  (*world)->lua = L;
  return *world;
}

void world_call(struct world *world, int arguments) {
  lua_State *L = world->lua;
  if (lua_pcall(L, arguments, 0, 0) == LUA_OK) return;
  if (world->failure == LUA_NOREF)
    world->failure = luaL_ref(L, LUA_REGISTRYINDEX);
  else
    lua_pop(L, 1);
}

static int raise_failure(lua_State *L, struct world *world) {
  if (world->failure == LUA_NOREF) return 0;
  lua_rawgeti(L, LUA_REGISTRYINDEX, world->failure);
  luaL_unref(L, LUA_REGISTRYINDEX, world->failure);
  world->failure = LUA_NOREF;
  return lua_error(L);
}

static int world_step(lua_State *L) {
  struct world *world = world_check(L);
  loop_step(world->loop, luaL_optinteger(L, 2, 0));
  return raise_failure(L, world);
}

static int world_close(lua_State *L) {
  struct world **held = luaL_checkudata(L, 1, "afterward.unit.io.world");
  struct world *world = *held;
  if (!world) return 0;
  world->lua = L;
  *held = NULL;
  http_client_free(world->client);
  for (size_t i = 0; i < world->server_count; i++) served_free(world->servers[i]);
  for (size_t i = 0; i < WORLD_THINGS; i++)
    if (world->requests[i]) http_respond(world->requests[i], 503, NULL, 0, NULL, 0);
  world_raws_free(world);
  loop_free(world->loop);
  for (size_t i = 0; i < world->server_count; i++) mem_free(world->servers[i]);
  mem_free(world);
  return 0;
}

static int world_new(lua_State *L) {
  struct world **held = lua_newuserdatauv(L, sizeof(struct world *), 0);
  *held = mem_alloc(sizeof **held);
  (*held)->loop = loop_new();
  (*held)->lua = L;
  (*held)->failure = LUA_NOREF;
  luaL_setmetatable(L, "afterward.unit.io.world");
  return 1;
}

struct hook {
  struct world *world;
  int function;
};

// Hooks live as long as the specs' process: a handful of them.
static struct hook *hook_new(lua_State *L, struct world *world, int index) {
  luaL_checktype(L, index, LUA_TFUNCTION);
  struct hook *hook = lua_newuserdatauv(L, sizeof *hook, 0);
  luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushvalue(L, index);
  hook->function = luaL_ref(L, LUA_REGISTRYINDEX);
  hook->world = world;
  return hook;
}

static bool on_work(void *ctx) {
  struct hook *hook = ctx;
  lua_State *L = hook->world->lua;
  lua_rawgeti(L, LUA_REGISTRYINDEX, hook->function);
  if (lua_pcall(L, 0, 1, 0) != LUA_OK) return lua_pop(L, 1), false;
  bool more = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return more;
}

static int world_work(lua_State *L) {
  struct world *world = world_check(L);
  loop_set_work(world->loop, on_work, hook_new(L, world, 2));
  return 0;
}

static void on_signal(void *ctx, int number) {
  struct hook *hook = ctx;
  lua_rawgeti(hook->world->lua, LUA_REGISTRYINDEX, hook->function);
  lua_pushinteger(hook->world->lua, number);
  world_call(hook->world, 1);
}

static int world_signals(lua_State *L) {
  struct world *world = world_check(L);
  loop_on_signal(world->loop, on_signal, hook_new(L, world, 2));
  return 0;
}

static void on_plain(void *ctx) {
  struct hook *hook = ctx;
  lua_rawgeti(hook->world->lua, LUA_REGISTRYINDEX, hook->function);
  world_call(hook->world, 0);
}

// Arms one timer with each delay in turn, so that only the last counts; fires, and is
// freed.
static int world_timer(lua_State *L) {
  struct world *world = world_check(L);
  struct hook *hook = hook_new(L, world, 2);
  struct loop_timer *timer = loop_timer_new(world->loop, on_plain, hook);
  for (int i = 3; i <= lua_gettop(L); i++) loop_timer_arm(timer, luaL_checkinteger(L, i));
  int64_t until = loop_now(world->loop) + 300;
  while (loop_now(world->loop) < until) loop_step(world->loop, 20);
  loop_timer_free(timer);
  return raise_failure(L, world);
}

struct again {
  struct hook *hook;
  struct loop_timer *timer;
  int64_t left;
};

static void on_again(void *ctx) {
  struct again *again = ctx;
  on_plain(again->hook);
  if (--again->left > 0) loop_timer_arm(again->timer, 0);
}

// A timer that arms itself for at once, so many times.
static int world_again(lua_State *L) {
  struct world *world = world_check(L);
  struct again again = {.hook = hook_new(L, world, 2), .left = luaL_checkinteger(L, 3)};
  again.timer = loop_timer_new(world->loop, on_again, &again);
  loop_timer_arm(again.timer, 0);
  while (again.left > 0) loop_step(world->loop, 20);
  loop_timer_free(again.timer);
  return raise_failure(L, world);
}

static void send_wake(void *wake) { loop_wake_send(wake); }

// A thread wakes the loop, which would otherwise wait for five seconds.
static int world_wake(lua_State *L) {
  struct world *world = world_check(L);
  struct loop_wake *wake = loop_wake_new(world->loop, on_plain, hook_new(L, world, 2));
  uv_thread_t thread;
  uv_thread_create(&thread, send_wake, wake);
  loop_step(world->loop, 5000);
  uv_thread_join(&thread);
  loop_wake_free(wake);
  return raise_failure(L, world);
}

static void on_stop(void *ctx) { loop_stop(ctx); }

static int world_run(lua_State *L) {
  struct world *world = world_check(L);
  struct loop_timer *timer = loop_timer_new(world->loop, on_stop, world->loop);
  loop_timer_arm(timer, luaL_checkinteger(L, 2));
  loop_run(world->loop);
  loop_timer_free(timer);
  return raise_failure(L, world);
}

static int raise_signal(lua_State *L) {
  raise((int)luaL_checkinteger(L, 1));
  return 0;
}

static const luaL_Reg verbs[] = {{"step", world_step},       {"close", world_close},
                                 {"__gc", world_close},      {"work", world_work},
                                 {"timer", world_timer},     {"wake", world_wake},
                                 {"signals", world_signals}, {"run", world_run},
                                 {"again", world_again},     {NULL, NULL}};

int luaopen_afterward_unit_io(lua_State *L);

int luaopen_afterward_unit_io(lua_State *L) {
  luaL_newmetatable(L, "afterward.unit.io.world");
  luaL_setfuncs(L, verbs, 0);
  luaL_setfuncs(L, world_raw_verbs, 0);
  luaL_setfuncs(L, world_server_verbs, 0);
  luaL_setfuncs(L, world_client_verbs, 0);
  luaL_setfuncs(L, world_beside_verbs, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_newtable(L);
  lua_pushcfunction(L, world_new);
  lua_setfield(L, -2, "new");
  lua_pushcfunction(L, raise_signal);
  lua_setfield(L, -2, "raise");
  luaL_setfuncs(L, pure_verbs, 0);
  return 1;
}
