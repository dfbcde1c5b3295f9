// Seals: the upvalues of a loaded set of files, so that one assigned in a run is found.
#include <string.h>

#include "script/sandbox_internal.h"

static int seal_protected(lua_State *L) {
  lua_createtable(L, SEAL_IDS, 0);
  int seal = lua_gettop(L);
  for (int part = SEAL_FUNCTIONS; part <= SEAL_IDS; part++) {
    lua_newtable(L);
    lua_rawseti(L, seal, part);
  }
  sandbox_freeze_all(L, 1, "", seal);
  sandbox_freeze_all(L, 2, lua_touserdata(L, 3), seal);
  lua_pushnil(L);
  lua_rawseti(L, seal, SEAL_IDS);
  lua_pushinteger(L, luaL_ref(L, LUA_REGISTRYINDEX));
  return 1;
}

int sandbox_seal(lua_State *L, int env, int root, const char *name, int *seal,
                 struct status *status) {
  env = lua_absindex(L, env);
  root = lua_absindex(L, root);
  lua_pushcfunction(L, seal_protected);
  lua_pushvalue(L, env);
  lua_pushvalue(L, root);
  lua_pushlightuserdata(L, (void *)(uintptr_t)name);
  bool ok = lua_pcall(L, 3, 1, 0) == LUA_OK;
  if (ok)
    *seal = (int)lua_tointeger(L, -1);
  else
    status_fail(status, ERR_INVALID, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
  return ok ? OK : status->code;
}

// Exactly the same: 1 isn't 1.0, 0.0 isn't -0.0, and NaN is itself.
static bool is_same(lua_State *L, int a, int b) {
  if (lua_type(L, a) != LUA_TNUMBER || lua_type(L, b) != LUA_TNUMBER)
    return lua_rawequal(L, a, b);
  if (lua_isinteger(L, a) || lua_isinteger(L, b))
    return lua_isinteger(L, a) == lua_isinteger(L, b) && lua_rawequal(L, a, b);
  lua_Number x = lua_tonumber(L, a), y = lua_tonumber(L, b);
  return memcmp(&x, &y, sizeof x) == 0;  // NOLINT(bugprone-suspicious-memory-comparison)
}

static void name_change(lua_State *L, int lists, lua_Integer at, struct status *status) {
  lua_Debug about;
  lua_rawgeti(L, lists + SEAL_NAMES, at);
  lua_rawgeti(L, lists + SEAL_FUNCTIONS, at);
  lua_getinfo(L, ">S", &about);
  status_fail(
      status, ERR_INVALID,
      "the top-level variable %s (%s) was assigned in a run: keep state with p:set",
      lua_tostring(L, -1), about.short_src);
  lua_pop(L, 1);
}

int sandbox_seal_check(lua_State *L, int seal, struct status *status) {
  int top = lua_gettop(L), code = OK;
  if (!lua_checkstack(L, 16))
    return status_fail(status, ERR_LIMIT, "the stack of a script is full");
  lua_rawgeti(L, LUA_REGISTRYINDEX, seal);
  int lists = top + 1;  // the list of a part is at lists + part
  for (int part = SEAL_FUNCTIONS; part <= SEAL_VALUES; part++)
    lua_rawgeti(L, top + 1, part);
  lua_Integer count = (lua_Integer)lua_rawlen(L, lists + SEAL_FUNCTIONS);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, lists + SEAL_FUNCTIONS, i);
    lua_rawgeti(L, lists + SEAL_INDEXES, i);
    int function = lua_gettop(L) - 1, index = (int)lua_tointeger(L, -1);
    lua_getupvalue(L, function, index);
    lua_rawgeti(L, lists + SEAL_VALUES, i);
    if (!is_same(L, -1, -2)) {
      if (code == OK) {
        name_change(L, lists, i, status);
        code = ERR_INVALID;
      }
      lua_setupvalue(L, function, index);
    }
    lua_settop(L, function - 1);
  }
  lua_settop(L, top);
  return code;
}

void sandbox_seal_drop(lua_State *L, int seal) { luaL_unref(L, LUA_REGISTRYINDEX, seal); }
