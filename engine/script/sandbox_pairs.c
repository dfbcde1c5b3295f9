// pairs and next in an order that is the same on every run: numbers, then texts, sorted.
#include <stdlib.h>
#include <string.h>

#include "script/sandbox_internal.h"

enum { MOST_KEYS = 50000, TICK = 4096 };  // sorting more can't be interrupted in time

struct key {
  bool text;
  bool real;
  int index;  // where the key itself is kept
  union {
    lua_Integer integer;
    lua_Number number;
    struct {
      const char *data;
      size_t len;
    } bytes;
  };
};

static struct key read_key(lua_State *L, int at) {
  struct key key = {0};
  int type = lua_type(L, at);
  if (type == LUA_TSTRING) {
    key.text = true;
    key.bytes.data = lua_tolstring(L, at, &key.bytes.len);
  } else if (type != LUA_TNUMBER) {
    sandbox_error(L, "a table with a %s as a key has no order: use numbers or texts",
                  lua_typename(L, type));
  } else if (lua_isinteger(L, at)) {
    key.integer = lua_tointeger(L, at);
  } else {
    key.real = true;
    key.number = lua_tonumber(L, at);
  }
  return key;
}

// Keys that are floats with an integer's value don't exist, so the two are never equal.
static int compare_numbers(const struct key *a, const struct key *b) {
  if (!a->real && !b->real) return (a->integer > b->integer) - (a->integer < b->integer);
  lua_Number x = a->real ? a->number : (lua_Number)a->integer;
  lua_Number y = b->real ? b->number : (lua_Number)b->integer;
  if (x != y) return x < y ? -1 : 1;
  return (int)a->real - (int)b->real;
}

static int compare_keys(const void *left, const void *right) {
  const struct key *a = left, *b = right;
  if (a->text != b->text) return a->text ? 1 : -1;
  if (!a->text) return compare_numbers(a, b);
  size_t len = a->bytes.len < b->bytes.len ? a->bytes.len : b->bytes.len;
  int order = memcmp(a->bytes.data, b->bytes.data, len);
  if (order != 0) return order;
  return (a->bytes.len > b->bytes.len) - (a->bytes.len < b->bytes.len);
}

// The table whose entries count: what a frozen one stands for. At index, in its place.
static void look_through(lua_State *L, int index) {
  if (sandbox_push_frozen(L, index)) lua_replace(L, index);
}

// next: the smallest key above the given one.
static int next_key(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  look_through(L, 1);
  bool first = lua_isnil(L, 2), found = false;
  struct key after = {0}, best = {0};
  if (!first) after = read_key(L, 2);
  lua_pushnil(L);  // 3: the best key
  lua_pushnil(L);
  for (int seen = 1; lua_next(L, 1); seen++) {
    lua_pop(L, 1);
    struct key key = read_key(L, 4);
    if (seen % TICK == 0) sandbox_charge(L, 16 * TICK);
    if (!first && compare_keys(&key, &after) <= 0) continue;
    if (found && compare_keys(&key, &best) >= 0) continue;
    found = true;
    best = key;
    lua_copy(L, 4, 3);
  }
  lua_settop(L, 3);
  if (!found) return 1;
  lua_pushvalue(L, 3);
  lua_rawget(L, 1);
  return 2;
}

// Upvalues: the table, where it is, how many keys, the keys (nil: 1..n), their order.
int sandbox_pairs_step(lua_State *L) {
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(2));
  lua_Integer count = lua_tointeger(L, lua_upvalueindex(3));
  const struct key *order = lua_touserdata(L, lua_upvalueindex(5));
  while (at < count) {
    lua_settop(L, 0);
    if (order)
      lua_rawgeti(L, lua_upvalueindex(4), order[at].index);
    else
      lua_pushinteger(L, at + 1);
    at++;
    lua_pushvalue(L, 1);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) continue;  // removed meanwhile
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(2));
    return 2;
  }
  lua_pushnil(L);
  return 1;
}

// How many entries there are, and whether they are 1..n, met in that order.
static lua_Integer count_entries(lua_State *L, int table, bool *row) {
  lua_Integer count = 0;
  *row = true;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    count++;
    *row = *row && lua_isinteger(L, -1) && lua_tointeger(L, -1) == count;
    if (count % TICK == 0) sandbox_charge(L, TICK * 16);
  }
  return count;
}

static void push_sorted_keys(lua_State *L, int table, lua_Integer count) {
  if (count > MOST_KEYS)
    sandbox_error(L, "pairs: more than %d keys are too many to sort", MOST_KEYS);
  sandbox_charge(L, (size_t)count * 16);
  lua_createtable(L, (int)count, 0);
  struct key *order = lua_newuserdatauv(L, (size_t)count * sizeof *order, 0);
  int kept = 0;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    order[kept] = read_key(L, -1);
    order[kept].index = kept + 1;
    kept++;
    lua_pushvalue(L, -1);
    lua_rawseti(L, -4, kept);
  }
  qsort(order, (size_t)kept, sizeof *order, compare_keys);
}

static int pairs_given(lua_State *L, int code, lua_KContext context) {
  (void)L;
  (void)code;
  (void)context;
  return 3;
}

static int pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, 0, pairs_given);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  look_through(L, 1);
  bool row;
  lua_Integer count = count_entries(L, 1, &row);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushinteger(L, count);
  if (row) {
    lua_pushnil(L);
    lua_pushnil(L);
  } else {
    push_sorted_keys(L, 1, count);
  }
  lua_pushcclosure(L, sandbox_pairs_step, 5);
  return 1;
}

void sandbox_add_pairs(lua_State *L) {
  lua_pushcfunction(L, pairs);
  lua_setfield(L, -2, "pairs");
  lua_pushcfunction(L, next_key);
  lua_setfield(L, -2, "next");
}
