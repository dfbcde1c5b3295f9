#include "base/buf.h"
#include "script/bundle_parts.h"
#include "script/values.h"

// Encodes definitions[kind][id] for each of the ids of the entry on top of the stack, as
// a map. One by one: a limit on a value's size holds for a declaration, not for all of
// them.
static int keep_kind(struct bundle *bundle, int all, struct status *status) {
  lua_State *L = bundle->lua;
  int entry = lua_gettop(L);
  lua_getfield(L, entry, "kind");
  const char *kind = lua_tostring(L, -1);
  lua_getfield(L, all, kind);
  lua_getfield(L, entry, "ids");
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  value_put_key(&bundle->definitions, kind);
  size_t begun = value_begin_map(&bundle->definitions);
  int code = OK;
  for (lua_Integer i = 1; i <= count && !code; i++) {
    lua_rawgeti(L, -1, i);
    const char *id = lua_tostring(L, -1);
    lua_getfield(L, -3, id);
    value_put_key(&bundle->definitions, id);
    code = values_encode(L, -1, kind, &bundle->definitions, status);
    lua_pop(L, 2);
  }
  value_end(&bundle->definitions, begun, (uint32_t)count);
  lua_settop(L, entry);
  return code;
}

int bundle_keep_definitions(struct bundle *bundle, int index, struct status *status) {
  lua_State *L = bundle->lua;
  lua_getfield(L, index, "definitions");
  int all = lua_gettop(L), code = OK;
  lua_getfield(L, index, "order");
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  size_t begun = value_begin_map(&bundle->definitions);
  for (lua_Integer i = 1; i <= count && !code; i++) {
    lua_rawgeti(L, all + 1, i);
    code = keep_kind(bundle, all, status);
    lua_pop(L, 1);
  }
  value_end(&bundle->definitions, begun, (uint32_t)count);
  lua_settop(L, all - 1);
  return code;
}

const char *bundle_hash(const struct bundle *bundle) { return bundle->hash; }

struct value bundle_definitions(const struct bundle *bundle) {
  struct value all;  // made here, so it need not be looked through at every call
  value_read_front(bundle->definitions.data, bundle->definitions.len, &all);
  return all;
}

struct value bundle_definition(const struct bundle *bundle, const char *kind,
                               const char *id) {
  struct value all = bundle_definitions(bundle);
  struct value ids = value_field(&all, kind);
  return value_field(&ids, id);
}

lua_State *bundle_lua(struct bundle *bundle) { return bundle->lua; }
struct sandbox *bundle_sandbox(struct bundle *bundle) {
  return bundle->sandbox;
}
int bundle_seal(const struct bundle *bundle) { return bundle->seal; }

static bool push_function(struct bundle *bundle, struct buf *name) {
  lua_State *L = bundle->lua;
  lua_rawgeti(L, LUA_REGISTRYINDEX, bundle->kept);
  lua_getfield(L, -1, "functions");
  bool found = lua_getfield(L, -1, buf_text(name)) == LUA_TFUNCTION;
  lua_replace(L, -3);
  lua_pop(L, found ? 1 : 2);
  buf_deinit(name);
  return found;
}

bool bundle_push(struct bundle *bundle, const char *kind, const char *id,
                 const char *which) {
  struct buf name = {0};
  buf_printf(&name, "%s/%s/%s", kind, id, which);
  return push_function(bundle, &name);
}

bool bundle_push_step(struct bundle *bundle, const char *pathway, const char *step,
                      const char *which) {
  struct buf name = {0};
  buf_printf(&name, "step/%s/%s/%s", pathway, step, which);
  return push_function(bundle, &name);
}

bool bundle_push_watch(struct bundle *bundle, const char *pathway, const char *watch,
                       const char *which) {
  struct buf name = {0};
  buf_printf(&name, "watch/%s/%s/%s", pathway ? pathway : "", watch, which);
  return push_function(bundle, &name);
}

bool bundle_push_when(struct bundle *bundle, const char *form, const char *item) {
  struct buf name = {0};
  buf_printf(&name, "form/%s/%s/when", form, item);
  return push_function(bundle, &name);
}

void bundle_push_api(struct bundle *bundle) {
  lua_rawgeti(bundle->lua, LUA_REGISTRYINDEX, bundle->kept);
  lua_getfield(bundle->lua, -1, "api");
  lua_remove(bundle->lua, -2);
}

// The stack of the bundle has the function on top, which is popped.
static void push_place(lua_State *to, lua_State *from) {
  lua_Debug info;
  lua_getinfo(from, ">S", &info);
  lua_createtable(to, 0, 2);
  lua_pushstring(to, info.source + 1);  // "=ortho/hip.lua"
  lua_setfield(to, -2, "file");
  lua_pushinteger(to, info.linedefined);
  lua_setfield(to, -2, "line");
}

void bundle_push_places(lua_State *to, struct bundle *bundle) {
  lua_State *from = bundle->lua;
  int top = lua_gettop(from);
  lua_newtable(to);
  lua_rawgeti(from, LUA_REGISTRYINDEX, bundle->kept);
  lua_getfield(from, -1, "functions");
  for (lua_pushnil(from); lua_next(from, -2) != 0;) {
    push_place(to, from);
    lua_setfield(to, -2, lua_tostring(from, -1));
  }
  lua_settop(from, top);
}
