// A sandbox for specs, with a host of four functions: wait, stop, rule and require.
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "script/sandbox.h"
#include "script/values.h"
#include "unit.h"

struct unit {
  struct sandbox *sandbox;
  int seal, root;  // of the bundle loaded last; references
};

static int wait_done(lua_State *L, int code, lua_KContext context) {
  (void)code;
  return lua_gettop(L) - (int)context;
}

static int host_wait(lua_State *L) {
  lua_settop(L, 1);
  return lua_yieldk(L, 1, 0, wait_done);
}

static int host_stop(lua_State *L) {
  return sandbox_end(L, "%s", luaL_checkstring(L, 1));
}

static int host_rule(lua_State *L) {
  struct status status = {0};
  enum sandbox_result result = sandbox_call(L, lua_gettop(L) - 1, 1, &status);
  sandbox_rethrow(L);
  if (result == SANDBOX_FAILED) return sandbox_error(L, "rule: %s", status.text);
  return 1;
}

static int host_require(lua_State *L) {
  return sandbox_error(L, "no module %s", luaL_checkstring(L, 1));
}

static struct unit *unit_check(lua_State *L) { return luaL_checkudata(L, 1, "sandbox"); }

static void push_env(lua_State *S) {
  static const luaL_Reg host[] = {{"wait", host_wait},
                                  {"stop", host_stop},
                                  {"rule", host_rule},
                                  {"require", host_require},
                                  {NULL, NULL}};
  sandbox_push_env(S);
  luaL_setfuncs(S, host, 0);
}

static double wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

// Pushes the result's name, and the sentence or the value on S's stack.
static int give(lua_State *L, lua_State *S, enum sandbox_result result,
                struct status *status, double begun) {
  static const char *const names[] = {"done",  "waits",     "failed",
                                      "ended", "over time", "over memory"};
  struct buf out = {0};
  lua_pushstring(L, names[result]);
  if (result == SANDBOX_DONE || result == SANDBOX_YIELDED) {
    struct value value;
    if (values_encode(S, -1, "result", &out, status) != OK)
      lua_pushstring(L, status->text);
    else if (value_read(buf_text(&out), out.len, &value))
      values_push(L, &value, status);
    buf_deinit(&out);
  } else {
    lua_pushstring(L, status->text);
  }
  lua_pushnumber(L, wall_ms() - begun);
  return 3;
}

// Resumes co as often as it waits, up to answers times, giving it back what it waits for.
static int drive(lua_State *L, struct unit *unit, lua_State *co, int nargs, int answers) {
  struct status status = {0};
  double begun = wall_ms();
  enum sandbox_result result;
  int count;
  while ((result = sandbox_resume(co, sandbox_state(unit->sandbox), nargs, &count,
                                  &status)) == SANDBOX_YIELDED) {
    if (answers-- == 0) break;
    nargs = count;
  }
  if (result <= SANDBOX_YIELDED && count == 0) lua_pushnil(co);
  return give(L, co, result, &status, begun);
}

static int fail(lua_State *L, lua_State *S, int top, const struct status *status) {
  lua_settop(S, top);
  lua_pushstring(L, "failed");
  lua_pushstring(L, status->text);
  lua_pushnumber(L, 0);
  return 3;
}

// run(source, answers): in a coroutine. With answers = "call", by sandbox_call.
static int unit_run(lua_State *L) {
  struct unit *unit = unit_check(L);
  lua_State *S = sandbox_state(unit->sandbox);
  struct status status = {0};
  size_t len;
  const char *text = luaL_checklstring(L, 2, &len);
  int top = lua_gettop(S);
  push_env(S);
  if (sandbox_compile(S, text, len, "ortho/hip.lua", &status) != OK)
    return fail(L, S, top, &status);
  sandbox_turn(unit->sandbox, 0, 42);
  if (lua_type(L, 3) == LUA_TSTRING) {
    double begun = wall_ms();
    enum sandbox_result result = sandbox_call(S, 0, 1, &status);
    int count = give(L, S, result, &status, begun);
    lua_settop(S, top);
    return count;
  }
  lua_State *co = lua_newthread(S);
  lua_insert(S, -2);
  lua_xmove(S, co, 1);
  int count = drive(L, unit, co, 0, (int)luaL_optinteger(L, 3, 0));
  lua_settop(S, top);
  return count;
}

// load(source): runs the file, seals what it returns.
static int unit_load(lua_State *L) {
  struct unit *unit = unit_check(L);
  lua_State *S = sandbox_state(unit->sandbox);
  struct status status = {0};
  size_t len;
  const char *text = luaL_checklstring(L, 2, &len);
  int top = lua_gettop(S);
  sandbox_turn(unit->sandbox, 1000, 0);
  push_env(S);
  lua_pushvalue(S, -1);
  if (sandbox_compile(S, text, len, "ortho/hip.lua", &status) != OK ||
      sandbox_call(S, 0, 1, &status) != SANDBOX_DONE ||
      sandbox_seal(S, top + 1, -1, "pathway", &unit->seal, &status) != OK)
    return fail(L, S, top, &status);
  unit->root = luaL_ref(S, LUA_REGISTRYINDEX);
  lua_settop(S, top);
  lua_pushstring(L, "done");
  return 1;
}

// turn(name, argument): one run of the loaded table's function, then the seal's check.
static int unit_turn(lua_State *L) {
  struct unit *unit = unit_check(L);
  lua_State *S = sandbox_state(unit->sandbox);
  struct status status = {0};
  int top = lua_gettop(S);
  lua_State *co = lua_newthread(S);
  lua_rawgeti(co, LUA_REGISTRYINDEX, unit->root);
  lua_getfield(co, -1, luaL_checkstring(L, 2));
  lua_remove(co, 1);
  lua_pushinteger(co, luaL_optinteger(L, 3, 0));
  sandbox_turn(unit->sandbox, 0, (uint64_t)luaL_optinteger(L, 4, 7));
  int count = drive(L, unit, co, 1, 0);
  lua_settop(S, top);
  if (sandbox_seal_check(S, unit->seal, &status) != OK) {
    lua_pushstring(L, status.text);
    count++;
  }
  return count;
}

static int unit_used(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)sandbox_memory_used(unit_check(L)->sandbox));
  return 1;
}

static int unit_collect(lua_State *L) {
  lua_gc(sandbox_state(unit_check(L)->sandbox), LUA_GCCOLLECT);
  return 0;
}

static int unit_close(lua_State *L) {
  struct unit *unit = unit_check(L);
  sandbox_close(unit->sandbox);
  unit->sandbox = NULL;
  return 0;
}

// sandbox(memory, ms): both optional.
static int unit_open(lua_State *L) {
  struct sandbox_limits limits = {(size_t)luaL_optinteger(L, 1, 0),
                                  (int)luaL_optinteger(L, 2, 0)};
  struct unit *unit = lua_newuserdatauv(L, sizeof *unit, 0);
  *unit = (struct unit){.sandbox = sandbox_open(&limits)};
  luaL_setmetatable(L, "sandbox");
  return 1;
}

void unit_script_sandbox(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"run", unit_run},   {"load", unit_load},       {"turn", unit_turn},
      {"used", unit_used}, {"collect", unit_collect}, {"__gc", unit_close},
      {NULL, NULL}};
  luaL_newmetatable(L, "sandbox");
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, unit_open);
  lua_setfield(L, -2, "sandbox");
}
