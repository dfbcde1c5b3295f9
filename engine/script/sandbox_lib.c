// The safe globals: what an environment holds, and the base functions that are replaced.
#include <lualib.h>
#include <string.h>

#include "script/sandbox_internal.h"

const char *sandbox_tostring(lua_State *L, int index, size_t *len) {
  index = lua_absindex(L, index);
  if (luaL_callmeta(L, index, "__tostring")) {
    if (!lua_isstring(L, -1)) sandbox_error(L, "'__tostring' must return a string");
  } else if (lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER ||
             lua_type(L, index) == LUA_TBOOLEAN || lua_isnil(L, index)) {
    luaL_tolstring(L, index, NULL);
  } else if (luaL_getmetafield(L, index, "__name") != LUA_TSTRING) {
    lua_pushstring(L, luaL_typename(L, index));
  }
  return lua_tolstring(L, -1, len);
}

void sandbox_copy_functions(lua_State *L, int from, const char *const *names) {
  from = lua_absindex(L, from);
  for (; *names; names++) {
    lua_getfield(L, from, *names);
    lua_setfield(L, -2, *names);
  }
}

static int to_string(lua_State *L) {
  luaL_checkany(L, 1);
  sandbox_tostring(L, 1, NULL);
  return 1;
}

static int get_metatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return 1;
  if (!sandbox_push_metatable(L, 1)) lua_pushnil(L);
  return 1;
}

// What the first three do happens at the collector's time, or while a run that was ended
// unwinds: neither may depend on or be held up by a script. When a __concat makes the
// stack move, Debian's Lua 5.4.4 loses its result or crashes.
static void refuse_fields(lua_State *L, int metatable) {
  static const char *const refused[] = {"__gc", "__mode", "__close", "__concat"};
  for (int i = 0; i < 4; i++) {
    lua_pushstring(L, refused[i]);
    if (lua_rawget(L, metatable) != LUA_TNIL)
      sandbox_error(L, "a metatable with %s is not allowed in a script", refused[i]);
    lua_pop(L, 1);
  }
}

static int set_metatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int type = lua_type(L, 2);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  lua_settop(L, 2);
  if (sandbox_push_frozen(L, 1))
    return sandbox_error(L, "a table is read-only after load, its metatable too");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
    return sandbox_error(L, "cannot change a protected metatable");
  if (type == LUA_TTABLE && sandbox_push_frozen(L, 2)) {
    sandbox_note_metatable(L, 2);
    lua_replace(L, 2);
  }
  if (type == LUA_TTABLE) refuse_fields(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

static int raw_get(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  lua_settop(L, 2);
  if (sandbox_push_frozen(L, 1)) lua_replace(L, 1);
  lua_rawget(L, 1);
  return 1;
}

static int raw_len(lua_State *L) {
  int type = lua_type(L, 1);
  luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
  if (sandbox_push_frozen(L, 1)) lua_replace(L, 1);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
  return 1;
}

// load(text, name, mode, environment): text only, into this environment.
static int load_text(lua_State *L) {
  size_t len;
  luaL_argexpected(L, lua_type(L, 1) == LUA_TSTRING, 1, "string");
  const char *text = lua_tolstring(L, 1, &len);
  const char *name = luaL_optstring(L, 2, "load"), *mode = luaL_optstring(L, 3, "t");
  if (*name == '=' || *name == '@') name++;
  if (!strchr(mode, 't')) {
    lua_pushnil(L);
    lua_pushliteral(L, "load: only source text (mode \"t\") is accepted");
    return 2;
  }
  if (len > SANDBOX_LOAD) {
    lua_pushnil(L);
    lua_pushliteral(L, "load: the text is longer than 128 KB");
    return 2;
  }
  sandbox_charge(L, 16 * len + 1024);
  if (lua_gettop(L) >= 4)
    lua_pushvalue(L, 4);
  else
    lua_pushvalue(L, lua_upvalueindex(1));
  int code = sandbox_load_text(L, text, len, name);
  sandbox_charge(L, 16 * len);
  if (code == LUA_OK) return 1;
  sandbox_rethrow(L);
  lua_pushnil(L);
  lua_insert(L, -2);
  return 2;
}

void sandbox_add_base(lua_State *L) {
  static const char *const kept[] = {"assert",   "error",    "ipairs",
                                     "rawequal", "select",   "tonumber",
                                     "type",     "_VERSION", NULL};
  static const luaL_Reg own[] = {
      {"getmetatable", get_metatable}, {"rawget", raw_get},     {"rawlen", raw_len},
      {"setmetatable", set_metatable}, {"tostring", to_string}, {NULL, NULL}};
  lua_pushcfunction(L, luaopen_base);  // fills the state's globals, which no script sees
  lua_call(L, 0, 1);
  lua_insert(L, -2);
  sandbox_copy_functions(L, -2, kept);
  lua_remove(L, -2);
  luaL_setfuncs(L, own, 0);
}

void sandbox_push_env(lua_State *L) {
  static const char *const libraries[] = {"string", "table", "math", "utf8", NULL};
  lua_newtable(L);
  sandbox_add_base(L);
  sandbox_add_pairs(L);
  sandbox_add_protected_calls(L);
  lua_getfield(L, LUA_REGISTRYINDEX, "sandbox.libraries");
  lua_insert(L, -2);
  sandbox_copy_functions(L, -2, libraries);
  lua_remove(L, -2);
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, load_text, 1);
  lua_setfield(L, -2, "load");
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "_G");
}
