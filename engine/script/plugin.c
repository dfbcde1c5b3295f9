#include "script/plugin.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "base/mem.h"
#include "script/plugin_lib.h"
#include "script/plugin_request.h"
#include "script/sandbox.h"
#include "script/sealed.h"
#include "script/values.h"

enum { LOAD_MS = 500, CALL_MS = 50, PULL_MS = 1000, STACK = 8000 };

struct plugin {
  struct sandbox *sandbox;
  lua_State *L;
  int table, config;  // in the registry: what the file returned, its configuration
  struct plugin_info info;
};

static int host_seal(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  sealed_push(L, bytes, len);
  return 1;
}

static const struct embedded *find_std(const char *name) {
  const struct embedded *file = script_std;
  while (file->name && strcmp(file->name, name) != 0) file++;
  return file;
}

// Runs one of the engine's own files with nargs values; leaves what it returns.
static int run_std(lua_State *L, const char *name, int nargs, struct status *status) {
  const struct embedded *file = find_std(name);
  sandbox_push_env(L);
  if (sandbox_compile(L, file->text, file->length, name, status) != OK)
    return status->code;
  lua_insert(L, -nargs - 1);
  if (sandbox_call(L, nargs, 1, status) == SANDBOX_DONE) return OK;
  return status->code = ERR_INVALID;
}

// require "afterward.plugin": the only thing there is.
static int host_require(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  if (strcmp(name, "afterward.plugin") != 0)
    return sandbox_error(L, "no module \"%s\": a plugin has \"afterward.plugin\"", name);
  lua_pushvalue(L, lua_upvalueindex(1));
  return 1;
}

// Leaves what the file returned. The library is at index lib.
static int run_file(lua_State *L, const struct plugin_source *source, int lib,
                    struct status *status) {
  sandbox_push_env(L);
  lua_pushvalue(L, lib);
  lua_pushcclosure(L, host_require, 1);
  lua_setfield(L, -2, "require");
  if (sandbox_compile(L, source->text, source->len, source->file, status) != OK)
    return status->code;
  if (sandbox_call(L, 0, 1, status) == SANDBOX_DONE) return OK;
  return status->code = ERR_INVALID;
}

static int64_t info_number(lua_State *L, const char *key) {
  lua_getfield(L, -1, key);
  int64_t number = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : lua_toboolean(L, -1);
  lua_pop(L, 1);
  return number;
}

static void info_text(lua_State *L, const char *key, char *out, size_t size) {
  lua_getfield(L, -1, key);
  const char *text = lua_tostring(L, -1);
  snprintf(out, size, "%s", text ? text : "");
  lua_pop(L, 1);
}

static void read_info(lua_State *L, struct plugin_info *info) {  // of the table on top
  info_text(L, "name", info->name, sizeof info->name);
  info_text(L, "address", info->address, sizeof info->address);
  info->keyed_ms = info_number(L, "keyed");
  info->max_length = info_number(L, "max_length");
  info->merges = info_number(L, "merges") != 0;
  info->links = info_number(L, "links") != 0;
  info->receipts = info_number(L, "receipts") != 0;
  info->reads = info_number(L, "reads") != 0;
  info->queryable = info_number(L, "queryable") != 0;
  info->inbound = info_number(L, "inbound") != 0;
  info->dials = info_number(L, "dials") != 0;
  info->robot = info_number(L, "robot") != 0;
  info->scenes = info_number(L, "scenes") != 0;
  lua_getfield(L, -1, "per_second");
  info->per_second = lua_tonumber(L, -1);
  lua_pop(L, 1);
  info->burst = info_number(L, "burst");
  info->per_day = info_number(L, "per_day");
  info_text(L, "approved", info->approved, sizeof info->approved);
  info->approved_only = info_number(L, "approved_only") != 0;
  info->pulls = info_number(L, "pulls") != 0;
}

// With the plugin's table on top and the checker at index check.
static int open_checked(struct plugin *plugin, int check,
                        const struct plugin_source *source, const char *channel,
                        const struct value *config, struct status *status) {
  static const char *const roles[] = {"channel", "connector", NULL};
  lua_State *L = plugin->L;
  int table = lua_gettop(L);
  lua_getfield(L, check, "open");
  lua_pushvalue(L, table);
  lua_pushstring(L, source->file);
  lua_pushstring(L, channel);
  if (values_push(L, config, status) != OK) return status->code;
  lua_pushstring(L, roles[source->role]);
  if (sandbox_call(L, 5, 2, status) != SANDBOX_DONE) return status->code = ERR_INVALID;
  if (lua_isnil(L, -2))
    return status_fail(status, ERR_INVALID, "%s", lua_tostring(L, -1));
  read_info(L, &plugin->info);
  lua_pop(L, 1);
  plugin->config = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_settop(L, table);
  plugin->table = luaL_ref(L, LUA_REGISTRYINDEX);
  return OK;
}

static int open_in(struct plugin *plugin, const struct plugin_source *source,
                   const char *channel, const struct value *config,
                   struct status *status) {
  lua_State *L = plugin->L;
  sandbox_turn(plugin->sandbox, LOAD_MS, 0);
  plugin_lib_push(L);
  int lib = lua_gettop(L);
  lua_pushvalue(L, lib);
  if (run_std(L, "words.lua", 0, status) != OK) return status->code;
  lua_pushcfunction(L, host_seal);
  if (run_std(L, "plugin.lua", 3, status) != OK) return status->code;
  int check = lua_gettop(L);
  if (run_file(L, source, lib, status) != OK) return status->code;
  return open_checked(plugin, check, source, channel, config, status);
}

int plugin_open(struct plugin **out, const struct plugin_source *source,
                const char *channel, const struct value *config, struct status *status) {
  struct plugin *plugin = mem_alloc(sizeof *plugin);
  plugin->sandbox = sandbox_open(NULL);
  plugin->L = sandbox_state(plugin->sandbox);
  // Secrets are joined to text by a __concat, whose result Debian's Lua 5.4.4 loses when
  // the stack moves meanwhile. What is kept ready here keeps it where it is.
  lua_checkstack(plugin->L, STACK);
  int code = open_in(plugin, source, channel, config, status);
  lua_settop(plugin->L, 0);
  if (code == OK)
    *out = plugin;
  else
    plugin_close(plugin);
  return code;
}

void plugin_close(struct plugin *plugin) {
  if (!plugin) return;
  sandbox_close(plugin->sandbox);
  mem_free(plugin);
}

const struct plugin_info *plugin_info(const struct plugin *plugin) {
  return &plugin->info;
}

// Calls plugin[name](values…, config); leaves results on the stack from index 1.
static int call(struct plugin *plugin, const char *name,
                const struct value *const *values, int count, int results,
                struct status *status) {
  lua_State *L = plugin->L;
  lua_settop(L, 0);
  sandbox_turn(plugin->sandbox, plugin->info.pulls ? PULL_MS : CALL_MS, 0);
  lua_rawgeti(L, LUA_REGISTRYINDEX, plugin->table);
  lua_getfield(L, -1, name);
  lua_remove(L, 1);
  if (!lua_isfunction(L, 1))
    return status_fail(status, ERR_NOT_FOUND, "%s has no %s", plugin->info.name, name);
  for (int i = 0; i < count; i++)
    if (values_push(L, values[i], status) != OK) return status->code;
  lua_rawgeti(L, LUA_REGISTRYINDEX, plugin->config);
  if (sandbox_call(L, count + 1, results, status) != SANDBOX_DONE)
    return status->code = ERR_INVALID;
  return OK;
}

static int ask(struct plugin *plugin, const char *name, const struct value *message,
               struct buf *request, struct status *status) {
  size_t before = request->len;
  const struct value *const values[] = {message};
  int code = call(plugin, name, values, 1, 2, status);
  if (code == OK && lua_isnil(plugin->L, 1) && lua_isstring(plugin->L, 2))
    code = status_fail(status, ERR_CONFLICT, "%s", lua_tostring(plugin->L, 2));
  if (code == OK) code = plugin_request_put(plugin->L, 1, request, status);
  if (code != OK) request->len = before;
  lua_settop(plugin->L, 0);
  return code;
}

int plugin_send(struct plugin *plugin, const struct value *message, struct buf *request,
                struct status *status) {
  return ask(plugin, "send", message, request, status);
}

int plugin_query(struct plugin *plugin, const struct value *message, struct buf *request,
                 struct status *status) {
  return ask(plugin, "query", message, request, status);
}

int plugin_pull(struct plugin *plugin, const struct value *state, struct buf *request,
                struct status *status) {
  return ask(plugin, "pull", state, request, status);
}

// { next = request }: it may hold secrets, so it is written as send's is.
static int put_next(lua_State *L, struct buf *out, struct status *status) {
  size_t map = value_begin_map(out);
  value_put_key(out, "next");
  int code = plugin_request_put(L, lua_gettop(L), out, status);
  value_end(out, map, 1);
  return code;
}

static int judge(struct plugin *plugin, const char *name, const struct value *response,
                 const struct value *message, struct buf *result, struct status *status) {
  const struct value *const values[] = {response, message};
  lua_State *L = plugin->L;
  size_t before = result->len;
  int code = call(plugin, name, values, 2, 1, status);
  if (code == OK && !lua_istable(L, 1))
    code = status_fail(
        status, ERR_INVALID, "%s must return a table such as %s", name,
        plugin->info.pulls ? "{ records = { … }, state = { … } }" : "{ accepted = id }");
  if (code == OK && lua_getfield(L, 1, "next") == LUA_TTABLE)
    code = put_next(L, result, status);
  else if (code == OK)
    code = values_encode(L, 1, name, result, status);
  if (code != OK) result->len = before;
  lua_settop(L, 0);
  return code;
}

int plugin_result(struct plugin *plugin, const struct value *response,
                  const struct value *message, struct buf *result,
                  struct status *status) {
  return judge(plugin, "result", response, message, result, status);
}

int plugin_queried(struct plugin *plugin, const struct value *response,
                   const struct value *message, struct buf *result,
                   struct status *status) {
  return judge(plugin, "queried", response, message, result, status);
}

int plugin_pulled(struct plugin *plugin, const struct value *response,
                  const struct value *state, struct buf *out, struct status *status) {
  return judge(plugin, "pulled", response, state, out, status);
}

static int hear(struct plugin *plugin, const char *name, const struct value *request,
                struct buf *out, struct status *status) {
  lua_State *L = plugin->L;
  const struct value *const values[] = {request};
  size_t before = out->len;
  int code = call(plugin, name, values, 1, 2, status);
  if (code == OK) {
    size_t map = value_begin_map(out);
    value_put_key(out, "items");
    code = values_encode(L, 1, "items", out, status);
    value_put_key(out, "reply");
    if (code == OK) code = values_encode(L, 2, "reply", out, status);
    value_end(out, map, 2);
  }
  if (code != OK) out->len = before;
  lua_settop(L, 0);
  return code;
}

int plugin_receipt(struct plugin *plugin, const struct value *request, struct buf *out,
                   struct status *status) {
  return hear(plugin, "receipt", request, out, status);
}

int plugin_inbound(struct plugin *plugin, const struct value *request, struct buf *out,
                   struct status *status) {
  return hear(plugin, "inbound", request, out, status);
}

int plugin_call(struct plugin *plugin, const char *name,
                const struct value *const *values, int count, struct buf *out,
                struct status *status) {
  lua_State *L = plugin->L;
  size_t before = out->len;
  int code = call(plugin, name, values, count, LUA_MULTRET, status);
  size_t list = value_begin_list(out);
  int results = lua_gettop(L);
  for (int i = 1; code == OK && i <= results; i++)
    code = values_encode(L, i, name, out, status);
  value_end(out, list, (uint32_t)results);
  if (code != OK) out->len = before;
  lua_settop(L, 0);
  return code;
}
