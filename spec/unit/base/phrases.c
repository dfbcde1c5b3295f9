// Opens phrases to specs: unit.base.phrases { { text, role }, … } → function(text) → { {
// text, state }, … }.
#include "base/phrases.h"

#include <lauxlib.h>
#include <lua.h>

void unit_base_phrases(lua_State *L);

static const char *const roles[] = {"means", "not",  "gone",  "doubt", "link",
                                    "and",   "turn", "break", "plain", NULL};
static const char *const states[] = {"said", "denied", "unsure"};

static int list_free(lua_State *L) {
  phrases_free(*(struct phrases **)lua_touserdata(L, 1));
  return 0;
}

static int find(lua_State *L) {
  struct phrases **list = lua_touserdata(L, lua_upvalueindex(1));
  struct phrase_hits hits = {0};
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  phrases_find(*list, text, len, &hits);
  lua_createtable(L, (int)hits.count, 0);
  for (size_t i = 0; i < hits.count; i++) {
    lua_createtable(L, 2, 0);
    lua_pushlstring(L, text + hits.items[i].from, hits.items[i].len);
    lua_rawseti(L, -2, 1);
    lua_pushstring(L, states[hits.items[i].state]);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  phrase_hits_deinit(&hits);
  return 1;
}

static int add(lua_State *L, struct phrases *list, struct status *status) {
  lua_rawgeti(L, -1, 2);
  enum phrase_role role = (enum phrase_role)luaL_checkoption(L, -1, "means", roles);
  lua_rawgeti(L, -2, 1);
  size_t len;
  const char *text = luaL_checklstring(L, -1, &len);
  int number = phrases_add(list, text, len, role, status);
  lua_pop(L, 3);
  return number;
}

static int new_list(lua_State *L) {
  struct phrases **list = lua_newuserdatauv(L, sizeof *list, 0);
  *list = phrases_new();
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, list_free);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  struct status status = {0};
  for (lua_Integer i = 1; lua_rawgeti(L, 1, i) == LUA_TTABLE; i++)
    if (add(L, *list, &status) < 0) {
      lua_pushnil(L);
      lua_pushstring(L, status.text);
      return 2;
    }
  lua_pop(L, 1);
  phrases_seal(*list);
  lua_pushcclosure(L, find, 1);
  return 1;
}

void unit_base_phrases(lua_State *L) {
  lua_pushcfunction(L, new_list);
  lua_setfield(L, -2, "phrases");
}
