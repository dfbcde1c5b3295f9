#define _GNU_SOURCE  // environ
#include "sim/tester.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/loop.h"
#include "io/watch.h"
#include "specs.h"

enum { LIMIT_MS = 600000, OUTPUT = 1024 * 1024, ADDED = 16 };

struct tester {
  struct loop *loop;
  struct watch *watch;  // NULL: nothing is looked after
  struct child *child;  // while specs run
  bool changed, stopped, late;
  int code;
  struct buf output;
};

static const char *const TYPE = "afterward.tester";

static void signalled(void *ctx, int number) {
  struct tester *tester = ctx;
  (void)number;
  tester->stopped = true;
  loop_stop(tester->loop);
}

static void changed(void *ctx) {
  struct tester *tester = ctx;
  tester->changed = true;
  if (!tester->child) loop_stop(tester->loop);
}

static void said(void *ctx, const char *bytes, size_t len) {
  (void)ctx;
  fwrite(bytes, 1, len, stdout);
  fflush(stdout);
}

static void ended(void *ctx, const struct child_result *result) {
  struct tester *tester = ctx;
  tester->child = NULL;
  tester->code = result->code;
  tester->late = result->late;
  buf_put(&tester->output, result->output.data, result->output.len);
  loop_stop(tester->loop);
}

static const char *field(lua_State *L, const char *key) {
  return lua_getfield(L, 2, key) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
}

static bool flag(lua_State *L, const char *key) {
  lua_getfield(L, 2, key);
  return lua_toboolean(L, -1);
}

// The caller's own environment, and what is added to it. The texts stay on Lua's stack.
static const char **make_env(lua_State *L) {
  int own = 0, added = 0;
  while (environ[own]) own++;
  const char **env = lua_newuserdatauv(L, ((size_t)own + ADDED + 1) * sizeof *env, 0);
  if (lua_getfield(L, 2, "env") == LUA_TTABLE) {
    luaL_checkstack(L, ADDED, NULL);
    int list = lua_gettop(L);
    while (added < ADDED && lua_rawgeti(L, list, added + 1) == LUA_TSTRING)
      env[added++] = lua_tostring(L, -1);
  }
  for (int i = 0; i <= own; i++) env[added + i] = environ[i];
  return env;
}

static int push_failure(lua_State *L, const struct status *status) {
  lua_pushnil(L);
  lua_pushstring(L, status->text);
  lua_pushboolean(L, status->code == ERR_NOT_FOUND);
  return 3;
}

static int tester_run(lua_State *L) {
  struct tester *tester = luaL_checkudata(L, 1, TYPE);
  struct status status = {0};
  luaL_checktype(L, 2, LUA_TTABLE);
  struct specs_config config = {.folder = field(L, "folder"),
                                .scripts = field(L, "scripts"),
                                .department = field(L, "department"),
                                .first_only = flag(L, "first_only"),
                                .env = make_env(L),
                                .limit_ms = LIMIT_MS,
                                .output = OUTPUT,
                                .said = flag(L, "quiet") ? NULL : said};
  tester->changed = false;
  buf_clear(&tester->output);
  tester->child = specs_child(tester->loop, &config, ended, tester, &status);
  if (!tester->child) return push_failure(L, &status);
  loop_run(tester->loop);
  if (tester->child) child_kill(tester->child);
  tester->child = NULL;
  if (tester->stopped)
    lua_pushboolean(L, false);
  else
    lua_pushinteger(L, tester->code);
  lua_pushlstring(L, buf_text(&tester->output), tester->output.len);
  lua_pushboolean(L, tester->late);
  return 3;
}

static int tester_wait(lua_State *L) {
  struct tester *tester = luaL_checkudata(L, 1, TYPE);
  if (!tester->changed && !tester->stopped) loop_run(tester->loop);
  tester->changed = false;
  lua_pushboolean(L, !tester->stopped);
  return 1;
}

static int tester_close(lua_State *L) {
  struct tester *tester = luaL_checkudata(L, 1, TYPE);
  if (!tester->loop) return 0;
  watch_free(tester->watch);
  loop_free(tester->loop);
  buf_deinit(&tester->output);
  tester->loop = NULL;
  return 0;
}

int sim_tester_new(lua_State *L) {
  const char *folder = luaL_optstring(L, 1, NULL);
  struct tester *tester = lua_newuserdatauv(L, sizeof *tester, 0);
  *tester = (struct tester){.loop = loop_new()};
  luaL_setmetatable(L, TYPE);
  loop_on_signal(tester->loop, signalled, tester);
  if (folder) tester->watch = watch_new(tester->loop, folder, changed, tester);
  return 1;
}

void sim_tester_register(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"run", tester_run}, {"wait", tester_wait}, {"__gc", tester_close}, {NULL, NULL}};
  luaL_newmetatable(L, TYPE);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
