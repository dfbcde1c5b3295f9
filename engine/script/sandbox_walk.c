// The walk over all that is reachable from a declaration, which freezes its tables and
// remembers its upvalues.
#include "script/sandbox_internal.h"

// What is still to be visited: value, name, value, name… Functions go first and tables in
// the order they were met, so that a table is called by its shortest name.
struct walk {
  lua_State *L;
  int tables, functions, seen, seal;  // places on the stack; seal may be 0
  lua_Integer begin, end;             // of what is left in tables
  lua_Integer count;                  // of what is left in functions
};

// Takes the value and its name on top.
static void add_work(struct walk *walk) {
  int type = lua_type(walk->L, -2);
  if (type == LUA_TTABLE) {
    lua_rawseti(walk->L, walk->tables, walk->end + 2);
    lua_rawseti(walk->L, walk->tables, walk->end + 1);
    walk->end += 2;
  } else if (type == LUA_TFUNCTION || type == LUA_TTHREAD) {
    lua_rawseti(walk->L, walk->functions, walk->count + 2);
    lua_rawseti(walk->L, walk->functions, walk->count + 1);
    walk->count += 2;
  } else {
    lua_pop(walk->L, 2);
  }
}

static void take_work(struct walk *walk) {
  bool functions = walk->count > 0;
  int list = functions ? walk->functions : walk->tables;
  if (functions) walk->count -= 2;
  lua_Integer at = functions ? walk->count : walk->begin;
  if (!functions) walk->begin += 2;
  lua_rawgeti(walk->L, list, at + 1);
  lua_rawgeti(walk->L, list, at + 2);
}

static void walk_table(struct walk *walk, int table, const char *name) {
  lua_State *L = walk->L;
  if (sandbox_push_frozen(L, table)) return;
  if (sandbox_push_metatable(L, table)) {
    lua_pushfstring(L, "metatable of %s", name);
    add_work(walk);
  }
  lua_pushnil(L);
  while (lua_next(L, table)) {
    sandbox_push_path(L, name, -2);
    add_work(walk);
    lua_pushvalue(L, -1);
    lua_pushfstring(L, "a key of %s", name);
    add_work(walk);
  }
  sandbox_freeze_table(L, table, name);
}

static void append(lua_State *L, int seal, int part, lua_Integer at) {
  lua_rawgeti(L, seal, part);
  lua_insert(L, -2);
  lua_rawseti(L, -2, at);
  lua_pop(L, 1);
}

// The upvalue's value is on top, and stays. Each is remembered once.
static void remember(struct walk *walk, int function, int index, const char *name) {
  lua_State *L = walk->L;
  lua_rawgeti(L, walk->seal, SEAL_IDS);
  void *id = lua_upvalueid(L, function, index);
  bool known = lua_rawgetp(L, -1, id) != LUA_TNIL;
  lua_pop(L, 1);
  lua_pushboolean(L, true);
  lua_rawsetp(L, -2, id);
  lua_rawgeti(L, walk->seal, SEAL_FUNCTIONS);
  lua_Integer at = (lua_Integer)lua_rawlen(L, -1) + 1;
  lua_pop(L, 2);
  if (known) return;
  lua_pushvalue(L, function);
  append(L, walk->seal, SEAL_FUNCTIONS, at);
  lua_pushinteger(L, index);
  append(L, walk->seal, SEAL_INDEXES, at);
  lua_pushstring(L, name);
  append(L, walk->seal, SEAL_NAMES, at);
  lua_pushvalue(L, -1);
  append(L, walk->seal, SEAL_VALUES, at);
}

static void walk_function(struct walk *walk, int function, const char *name) {
  lua_State *L = walk->L;
  lua_CFunction c = lua_tocfunction(L, function);
  if (c == sandbox_gmatch_step || c == sandbox_pairs_step)
    luaL_error(L, "%s: an iterator can't be kept past load: call it where it is used",
               name);
  if (c) return;
  const char *upvalue;
  for (int i = 1; (upvalue = lua_getupvalue(L, function, i)); i++) {
    if (walk->seal) remember(walk, function, i, upvalue);
    lua_pushstring(L, upvalue);
    add_work(walk);
  }
}

static void visit(struct walk *walk, int value, const char *name) {
  lua_State *L = walk->L;
  lua_pushvalue(L, value);
  if (lua_rawget(L, walk->seen) != LUA_TNIL) return;
  lua_pushvalue(L, value);
  lua_pushboolean(L, true);
  lua_rawset(L, walk->seen);
  switch (lua_type(L, value)) {
    case LUA_TTABLE: walk_table(walk, value, name); break;
    case LUA_TFUNCTION: walk_function(walk, value, name); break;
    default: luaL_error(L, "%s: a coroutine can't be kept past load", name);
  }
}

void sandbox_freeze_all(lua_State *L, int index, const char *name, int seal) {
  int top = lua_gettop(L);
  luaL_checkstack(L, 32, "freezing");
  index = lua_absindex(L, index);
  for (int i = 0; i < 3; i++) lua_newtable(L);
  struct walk walk = {L, top + 1, top + 2, top + 3, seal, 0, 0, 0};
  lua_pushvalue(L, index);
  lua_pushstring(L, name);
  add_work(&walk);
  while (walk.count > 0 || walk.begin < walk.end) {
    lua_settop(L, top + 3);
    take_work(&walk);
    visit(&walk, top + 4, lua_tostring(L, top + 5));
  }
  lua_settop(L, top);
}

static int freeze_protected(lua_State *L) {
  sandbox_freeze_all(L, 1, lua_touserdata(L, 2), 0);
  return 0;
}

int sandbox_freeze(lua_State *L, int index, const char *name, struct status *status) {
  index = lua_absindex(L, index);
  lua_pushcfunction(L, freeze_protected);
  lua_pushvalue(L, index);
  lua_pushlightuserdata(L, (void *)(uintptr_t)name);
  if (lua_pcall(L, 2, 0, 0) == LUA_OK) return OK;
  status_fail(status, ERR_INVALID, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
  return status->code;
}
