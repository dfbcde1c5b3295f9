#include "script/event.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>

#include "base/coded.h"
#include "script/sandbox.h"

struct text {
  const char *data;
  size_t len;
};

// A field of the entry on top as text, or the entry itself when it is one.
static struct text text_at(lua_State *L, const char *field) {
  struct text text = {"", 0};
  if (lua_type(L, -1) == LUA_TSTRING) {
    text.data = lua_tolstring(L, -1, &text.len);
  } else if (lua_istable(L, -1)) {
    lua_pushstring(L, field);
    if (lua_rawget(L, -2) == LUA_TSTRING) text.data = lua_tolstring(L, -1, &text.len);
    lua_pop(L, 1);  // the entry holds it
  }
  return text;
}

// Whether one of the words at 2 … last is meant by the entry on top.
static bool entry_matches(lua_State *L, int last) {
  struct text code = text_at(L, "code"), name = text_at(L, "name"), word;
  for (int i = 2; i <= last; i++) {
    word.data = lua_tolstring(L, i, &word.len);
    if (coded_matches(code.data, code.len, name.data, name.len, word.data, word.len))
      return true;
  }
  return false;
}

static void check_words(lua_State *L, const char *name, int last) {
  if (!lua_istable(L, 1))
    sandbox_error(L, "%s: write event:%s(…), with a colon", name, name);
  if (last < 2) sandbox_error(L, "%s: argument 1: needs a code or a name", name);
  for (int i = 2; i <= last; i++)
    if (lua_type(L, i) != LUA_TSTRING || lua_rawlen(L, i) == 0)
      sandbox_error(
          L, "%s: argument %d: must be a code or a name, not a %s", name, i - 1,
          lua_type(L, i) == LUA_TSTRING ? "text without letters" : luaL_typename(L, i));
}

// Upvalues: the method's name, the list it looks in.
static int has(lua_State *L) {
  int last = lua_gettop(L);
  bool found = false;
  check_words(L, lua_tostring(L, lua_upvalueindex(1)), last);
  lua_pushvalue(L, lua_upvalueindex(2));
  if (lua_rawget(L, 1) != LUA_TTABLE) {
    lua_pushboolean(L, false);
    return 1;
  }
  for (lua_Unsigned i = 1, count = lua_rawlen(L, -1); !found && i <= count; i++) {
    sandbox_charge(L, 1000);
    lua_rawgeti(L, -1, (lua_Integer)i);
    found = entry_matches(L, last);
    lua_pop(L, 1);
  }
  lua_pushboolean(L, found);
  return 1;
}

static void add_method(lua_State *L, const char *name, const char *list) {
  lua_pushstring(L, name);
  lua_pushstring(L, list);
  lua_pushcclosure(L, has, 2);
  lua_setfield(L, -2, name);
}

void event_add_methods(lua_State *L) {
  if (luaL_newmetatable(L, "afterward.event")) {
    lua_createtable(L, 0, 4);
    add_method(L, "has_procedure", "procedures");
    add_method(L, "has_diagnosis", "diagnoses");
    add_method(L, "has_order", "orders");
    add_method(L, "has_drug", "drugs");
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
}
