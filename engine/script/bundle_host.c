#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "script/bundle_parts.h"

static struct bundle *owner(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

// Where the script is that called this C function; "" when no script did.
static int find_caller(lua_State *L, const char **file) {
  lua_Debug frame;
  *file = "";
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    if (!lua_getinfo(L, "Sl", &frame) || frame.currentline < 0) continue;
    *file = frame.source + 1;  // "=ortho/hip.lua"
    return frame.currentline;
  }
  return 0;
}

// Calls a Lua function of the engine with file, line and the script's arguments. Being a
// C function, it is no tail call's victim and has no upvalue that sealing follows.
static int call_bridge(lua_State *L) {
  const char *file;
  int line = find_caller(L, &file);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushstring(L, file);
  lua_pushinteger(L, line);
  lua_rotate(L, 1, 3);
  if (lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0) == LUA_OK) return lua_gettop(L);
  sandbox_rethrow(L);
  return sandbox_error(L, "%s", lua_tostring(L, -1));
}

static int host_bridge(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_pushcclosure(L, call_bridge, 1);
  return 1;
}

static int host_text(lua_State *L) {
  const struct source *source = bundle_find_source(owner(L), luaL_checkstring(L, 1));
  luaL_argcheck(L, source, 1, "no such source");
  lua_pushlstring(L, source->text, source->len);
  return 1;
}

static int fail(lua_State *L, const struct status *status) {
  lua_pushboolean(L, false);
  lua_pushstring(L, status->text);
  return 2;
}

// run(path) → true and what the file returned, or false and why.
static int host_run(lua_State *L) {
  struct bundle *bundle = owner(L);
  const struct source *source = bundle_find_source(bundle, luaL_checkstring(L, 1));
  luaL_argcheck(L, source, 1, "no such source");
  struct status status = {0};
  lua_rawgeti(L, LUA_REGISTRYINDEX, bundle->env);
  if (sandbox_compile(L, source->text, source->len, source->path, &status))
    return fail(L, &status);
  const char *before = bundle->running;
  bundle->running = source->path;
  enum sandbox_result result = sandbox_call(L, 0, 1, &status);
  if (result != SANDBOX_DONE && result != SANDBOX_FAILED) return sandbox_rethrow(L);
  bundle->running = before;
  if (result == SANDBOX_FAILED) return fail(L, &status);
  lua_pushboolean(L, true);
  lua_insert(L, -2);
  return 2;
}

static int host_use(lua_State *L) {
  bundle_push_std(L, owner(L), luaL_checkstring(L, 1));
  return 1;
}

static void add(lua_State *L, struct bundle *bundle, const char *name,
                lua_CFunction function) {
  lua_pushlightuserdata(L, bundle);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

static int by_path(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// host.paths, sorted, and host.sources, path → true.
static void add_sources(lua_State *L, struct bundle *bundle) {
  size_t size = (size_t)bundle->source_count * sizeof(char *);
  const char **paths = lua_newuserdatauv(L, size ? size : 1, 0);
  int count = 0;
  for (int i = 0; i < bundle->source_count; i++)
    if (bundle_takes(bundle, bundle->sources[i].path))
      paths[count++] = bundle->sources[i].path;
  qsort(paths, (size_t)count, sizeof *paths, by_path);
  lua_createtable(L, count, 0);
  lua_createtable(L, 0, count);
  for (int i = 0; i < count; i++) {
    lua_pushstring(L, paths[i]);
    lua_rawseti(L, -3, i + 1);
    lua_pushboolean(L, true);
    lua_setfield(L, -2, paths[i]);
  }
  lua_setfield(L, -4, "sources");
  lua_setfield(L, -3, "paths");
  lua_pop(L, 1);
}

void bundle_push_host(lua_State *L, struct bundle *bundle) {
  lua_newtable(L);
  lua_pushstring(L, bundle->department);
  lua_setfield(L, -2, "department");
  lua_pushinteger(L, SCRIPT_ABI);
  lua_setfield(L, -2, "abi");
  add(L, bundle, "bridge", host_bridge);
  add(L, bundle, "text", host_text);
  add(L, bundle, "run", host_run);
  add(L, bundle, "use", host_use);
  bundle_add_parsers(L, bundle);
  bundle_add_table(L, bundle);
  bundle_add_phrases(L);
  add_sources(L, bundle);
}

static const struct embedded *find_std(const char *name) {
  for (const struct embedded *file = script_std; file->name; file++)
    if (strcmp(file->name, name) == 0) return file;
  return NULL;
}

// Runs the file as function(host, use) in an environment of the engine's own.
static void run_std(lua_State *L, struct bundle *bundle, const char *name) {
  const struct embedded *file = find_std(name);
  if (!file) {
    luaL_error(L, "the engine has no file %s", name);
    return;
  }
  struct status status = {0};
  sandbox_push_env(L);
  if (sandbox_compile(L, file->text, file->length, name, &status))
    luaL_error(L, "%s", status.text);
  lua_rawgeti(L, LUA_REGISTRYINDEX, bundle->std);
  lua_getfield(L, -1, "host");
  lua_remove(L, -2);
  lua_getfield(L, -1, "use");
  lua_call(L, 2, 1);
}

void bundle_push_std(lua_State *L, struct bundle *bundle, const char *name) {
  luaL_checkstack(L, 8, NULL);
  lua_rawgeti(L, LUA_REGISTRYINDEX, bundle->std);
  if (lua_getfield(L, -1, name) == LUA_TNIL) {
    lua_pop(L, 1);
    run_std(L, bundle, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
  }
  lua_remove(L, -2);
}
