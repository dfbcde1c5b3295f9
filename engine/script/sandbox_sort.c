// table.sort: a merge sort, so equal items keep their order, an inconsistent comparison
// does no harm, and one that raises leaves the table as it was.
#include "script/sandbox_internal.h"

enum { MOST_ITEMS = 1000000, UNIT = 64 };

enum { TABLE = 1, BEFORE = 2, FROM = 3, INTO = 4 };  // places on the stack

// Is the item on top to come before the one below it?
static bool is_before(lua_State *L) {
  if (lua_isnil(L, BEFORE)) {
    sandbox_charge(L, UNIT);
    return lua_compare(L, -1, -2, LUA_OPLT);
  }
  lua_pushvalue(L, BEFORE);
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -4);
  lua_call(L, 2, 1);
  bool before = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return before;
}

// Merges the sorted runs [low, middle) and [middle, high).
static void merge(lua_State *L, int from, int into, lua_Integer low, lua_Integer middle,
                  lua_Integer high) {
  lua_Integer left = low, right = middle;
  for (lua_Integer at = low; at < high; at++) {
    bool take_right = left == middle;
    if (!take_right && right < high) {
      lua_rawgeti(L, from, left);
      lua_rawgeti(L, from, right);
      take_right = is_before(L);
      lua_pop(L, 2);
    }
    lua_rawgeti(L, from, take_right ? right++ : left++);
    lua_rawseti(L, into, at);
  }
  sandbox_charge(L, (size_t)(high - low) * UNIT);
}

static lua_Integer smaller(lua_Integer a, lua_Integer b) { return a < b ? a : b; }

int sandbox_table_sort(lua_State *L) {
  luaL_checktype(L, TABLE, LUA_TTABLE);
  if (!lua_isnoneornil(L, BEFORE)) luaL_checktype(L, BEFORE, LUA_TFUNCTION);
  lua_Integer count = luaL_len(L, TABLE);
  if (count > MOST_ITEMS)
    return sandbox_error(L, "table.sort: more than %d items", MOST_ITEMS);
  if (count < 2) return 0;
  lua_settop(L, 2);
  lua_createtable(L, (int)count, 0);
  lua_createtable(L, (int)count, 0);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, TABLE, i);
    lua_rawseti(L, FROM, i);
    if (i % 1024 == 0) sandbox_charge(L, 1024 * UNIT);
  }
  int from = FROM, into = INTO;
  for (lua_Integer width = 1; width < count; width *= 2) {
    for (lua_Integer low = 1; low <= count; low += 2 * width)
      merge(L, from, into, low, smaller(low + width, count + 1),
            smaller(low + 2 * width, count + 1));
    int other = from;
    from = into;
    into = other;
  }
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, from, i);
    lua_seti(L, TABLE, i);
    if (i % 1024 == 0) sandbox_charge(L, 1024 * UNIT);
  }
  return 0;
}
