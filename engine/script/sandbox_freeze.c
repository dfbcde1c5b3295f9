// Frozen tables. A table is frozen in its place, so that every reference to it stays
// good: its entries move to a hidden table, and it gets a metatable of its own that reads
// there and refuses to write. A table with a script's metatable keeps what that gave it.
#include <string.h>

#include "script/sandbox_internal.h"

// Keys (their addresses) in a frozen table's metatable.
static const char contents_key, name_key, metatable_key;

enum { LONGEST_NAME = 80 };

bool sandbox_push_frozen(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index)) return false;
  bool frozen = lua_rawgetp(L, -1, &contents_key) == LUA_TTABLE;
  lua_remove(L, frozen ? -2 : -1);
  if (!frozen) lua_pop(L, 1);
  return frozen;
}

bool sandbox_push_metatable(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  if (lua_rawgetp(L, -1, &contents_key) != LUA_TNIL) {  // a frozen table's
    lua_pop(L, 1);
    bool has = lua_rawgetp(L, -1, &metatable_key) != LUA_TNIL;
    lua_remove(L, -2);
    if (!has) lua_pop(L, 1);
    return has;
  }
  lua_pop(L, 1);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, "sandbox.metatables");
  lua_pushvalue(L, -2);
  bool hidden = lua_rawget(L, -2) != LUA_TNIL;
  if (hidden) lua_replace(L, -3);
  lua_settop(L, lua_gettop(L) - (hidden ? 1 : 2));
  return true;
}

void sandbox_note_metatable(lua_State *L, int frozen) {
  frozen = lua_absindex(L, frozen);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, "sandbox.metatables");
  lua_pushvalue(L, -2);
  lua_pushvalue(L, frozen);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

// Pushes "name.key", "name[3]", or the key alone under an empty name.
void sandbox_push_path(lua_State *L, const char *name, int key) {
  key = lua_absindex(L, key);
  if (strlen(name) > LONGEST_NAME)
    lua_pushstring(L, name);
  else if (lua_type(L, key) == LUA_TSTRING && lua_rawlen(L, key) <= LONGEST_NAME)
    lua_pushfstring(L, "%s%s%s", name, *name ? "." : "", lua_tostring(L, key));
  else if (lua_isinteger(L, key))
    lua_pushfstring(L, "%s[%I]", name, (LUAI_UACINT)lua_tointeger(L, key));
  else
    lua_pushstring(L, name);
}

static int refuse_write(lua_State *L) {
  const char *name = "";
  lua_settop(L, 3);
  if (lua_getmetatable(L, 1) && lua_rawgetp(L, -1, &name_key) == LUA_TSTRING)
    name = lua_tostring(L, -1);
  sandbox_push_path(L, name, 2);
  return sandbox_error(L, "%s is read-only after load: keep state with p:set",
                       lua_tostring(L, -1));
}

static int length_of_contents(lua_State *L) {
  if (!sandbox_push_frozen(L, 1)) return luaL_argerror(L, 1, "not a frozen table");
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  return 1;
}

static int index_done(lua_State *L, int code, lua_KContext context) {
  (void)L;
  (void)code;
  (void)context;
  return 1;
}

// __index for a table whose metatable had a function there. Upvalues: contents, function.
static int index_by_function(lua_State *L) {
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_insert(L, 1);
  lua_settop(L, 3);
  lua_callk(L, 2, 1, 0, index_done);
  return 1;
}

// Copies from the table at from into the one on top.
static void copy_entries(lua_State *L, int from) {
  from = lua_absindex(L, from);
  lua_pushnil(L);
  while (lua_next(L, from)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
}

static void clear_entries(lua_State *L, int table) {
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, table);
  }
}

static void refuse_fields(lua_State *L, int metatable, const char *name) {
  static const char *const refused[] = {"__gc", "__mode", "__close", "__concat"};
  for (int i = 0; i < 4; i++) {
    lua_pushstring(L, refused[i]);
    if (lua_rawget(L, metatable) != LUA_TNIL)
      luaL_error(L, "%s: a metatable with %s is not allowed in a script", name,
                 refused[i]);
    lua_pop(L, 1);
  }
}

// The script's metatable at seen: its fields into the frozen one's at meta, and its
// __index behind the contents.
static void keep_metatable(lua_State *L, int seen, int meta, int contents,
                           const char *name) {
  lua_pushvalue(L, seen);
  lua_rawsetp(L, meta, &metatable_key);
  if (!sandbox_push_frozen(L, seen)) lua_pushvalue(L, seen);
  int fields = lua_gettop(L);
  refuse_fields(L, fields, name);
  lua_pushvalue(L, meta);
  copy_entries(L, fields);
  lua_pop(L, 1);
  lua_pushliteral(L, "__index");
  int type = lua_rawget(L, fields);
  int inherited = lua_gettop(L);
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(L, contents);
    lua_pushvalue(L, inherited);
    lua_pushcclosure(L, index_by_function, 2);
    lua_setfield(L, meta, "__index");
  } else {
    lua_pushvalue(L, contents);
    lua_setfield(L, meta, "__index");
  }
  if (type == LUA_TTABLE) {
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, inherited);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, contents);
  }
}

void sandbox_freeze_table(lua_State *L, int table, const char *name) {
  int top = lua_gettop(L);
  luaL_checkstack(L, 16, "freezing");
  lua_newtable(L);
  int contents = lua_gettop(L);
  copy_entries(L, table);
  lua_createtable(L, 0, 6);
  int meta = lua_gettop(L);
  lua_pushvalue(L, contents);
  lua_setfield(L, meta, "__index");
  lua_pushcfunction(L, length_of_contents);
  lua_setfield(L, meta, "__len");
  if (sandbox_push_metatable(L, table))
    keep_metatable(L, lua_gettop(L), meta, contents, name);
  lua_pushcfunction(L, refuse_write);
  lua_setfield(L, meta, "__newindex");
  lua_pushvalue(L, contents);
  lua_rawsetp(L, meta, &contents_key);
  lua_pushstring(L, name);
  lua_rawsetp(L, meta, &name_key);
  clear_entries(L, table);
  lua_pushvalue(L, meta);
  lua_setmetatable(L, table);
  lua_settop(L, top);
}
