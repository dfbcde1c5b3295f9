// The table library, bounded in time and size: every loop in C tells sandbox_charge.
#include <limits.h>

#include "script/sandbox_internal.h"

enum { TICK = 1024, UNIT = 32, MOST_VALUES = 10000 };

static void tick(lua_State *L, lua_Integer step) {
  if (step % TICK == 0) sandbox_charge(L, (size_t)TICK * UNIT);
}

static lua_Integer length(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  return luaL_len(L, index);
}

static int concat(lua_State *L) {
  size_t len, total = 0;
  lua_Integer last = length(L, 1);
  const char *between = luaL_optlstring(L, 2, "", &len);
  lua_Integer first = luaL_optinteger(L, 3, 1);
  last = luaL_optinteger(L, 4, last);
  luaL_Buffer out;
  lua_settop(L, 2);
  luaL_buffinit(L, &out);
  for (lua_Integer i = first; i <= last; i++) {
    size_t more;
    lua_geti(L, 1, i);
    if (!lua_isstring(L, -1))
      return sandbox_error(L, "table.concat: item %I is a %s", (LUAI_UACINT)i,
                           luaL_typename(L, -1));
    lua_tolstring(L, -1, &more);
    total += more + (i < last ? len : 0);
    if (total > SANDBOX_TEXT)
      return sandbox_error(L, "table.concat: the text would be longer than 1 MB");
    luaL_addvalue(&out);
    if (i < last) luaL_addlstring(&out, between, len);
    tick(L, i);
    if (i == LUA_MAXINTEGER) break;
  }
  sandbox_charge(L, total);
  luaL_pushresult(&out);
  return 1;
}

static int insert(lua_State *L) {
  lua_Integer end = length(L, 1) + 1, at = end;
  int count = lua_gettop(L);
  if (count != 2 && count != 3)
    return sandbox_error(L, "table.insert takes 2 or 3 arguments, not %d", count);
  if (count == 3) {
    at = luaL_checkinteger(L, 2);
    luaL_argcheck(L, (lua_Unsigned)at - 1u < (lua_Unsigned)end, 2,
                  "position out of bounds");
    for (lua_Integer i = end; i > at; i--) {
      lua_geti(L, 1, i - 1);
      lua_seti(L, 1, i);
      tick(L, i);
    }
  }
  lua_seti(L, 1, at);
  return 0;
}

static int take_out(lua_State *L) {
  lua_Integer size = length(L, 1), at = luaL_optinteger(L, 2, size);
  if (at != size)
    luaL_argcheck(L, at >= 1 && at - 1 <= size, 2, "position out of bounds");
  lua_geti(L, 1, at);
  for (; at < size; at++) {
    lua_geti(L, 1, at + 1);
    lua_seti(L, 1, at);
    tick(L, at);
  }
  lua_pushnil(L);
  lua_seti(L, 1, at);
  return 1;
}

static int move(lua_State *L) {
  lua_Integer from = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
  lua_Integer to = luaL_checkinteger(L, 4);
  int target = lua_isnoneornil(L, 5) ? 1 : 5;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, target, LUA_TTABLE);
  if (last >= from) {
    luaL_argcheck(L, from > 0 || last < LUA_MAXINTEGER + from, 3, "too many elements");
    lua_Integer count = last - from + 1;
    luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    bool up = to > last || to <= from || (target != 1 && !lua_rawequal(L, 1, target));
    for (lua_Integer i = 0; i < count; i++) {
      lua_Integer step = up ? i : count - 1 - i;
      lua_geti(L, 1, from + step);
      lua_seti(L, target, to + step);
      tick(L, i);
    }
  }
  lua_pushvalue(L, target);
  return 1;
}

static int pack(lua_State *L) {
  int count = lua_gettop(L);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int i = count; i >= 1; i--) lua_seti(L, 1, i);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

static int unpack(lua_State *L) {
  lua_Integer first = luaL_optinteger(L, 2, 1);
  lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
  if (first > last) return 0;
  lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;
  if (count >= MOST_VALUES || !lua_checkstack(L, (int)count + 1))
    return sandbox_error(L, "table.unpack: more than %d values", MOST_VALUES);
  sandbox_charge(L, (size_t)count * UNIT);
  for (lua_Unsigned i = 0; i <= count; i++)
    lua_geti(L, 1, (lua_Integer)((lua_Unsigned)first + i));
  return (int)count + 1;
}

void sandbox_push_table(lua_State *L) {
  static const luaL_Reg functions[] = {{"concat", concat},   {"insert", insert},
                                       {"move", move},       {"pack", pack},
                                       {"remove", take_out}, {"sort", sandbox_table_sort},
                                       {"unpack", unpack},   {NULL, NULL}};
  luaL_newlib(L, functions);
}
