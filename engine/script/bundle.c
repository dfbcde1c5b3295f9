#include "script/bundle.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "script/bundle_parts.h"

enum { LOAD_MS = 1000, CHECK_MS = 5000 };  // for all files together

static bool in_folder(const char *path, const char *folder) {
  size_t len = strlen(folder);
  return strncmp(path, folder, len) == 0 && path[len] == '/';
}

// What lies in spec/ tests the scripts and is none of them.
static bool is_spec(const char *path) {
  const char *below = strchr(path, '/');
  return below && in_folder(below + 1, "spec");
}

bool bundle_takes(const struct bundle *bundle, const char *path) {
  return (in_folder(path, bundle->department) || in_folder(path, "shared")) &&
         !is_spec(path);
}

bool bundle_uses(const struct bundle *bundle, const char *path) {
  const char *used = buf_text(&bundle->used);
  for (; *used; used += strlen(used) + 1)
    if (strcmp(used, path) == 0) return true;
  return false;
}

const struct source *bundle_find_source(const struct bundle *bundle, const char *path) {
  for (int i = 0; i < bundle->source_count; i++)
    if (strcmp(bundle->sources[i].path, path) == 0 && bundle_takes(bundle, path))
      return &bundle->sources[i];
  return NULL;
}

void bundle_open_host(lua_State *L, struct bundle *bundle) {
  lua_newtable(L);
  bundle_push_host(L, bundle);
  lua_getfield(L, -1, "use");
  lua_setfield(L, -3, "use");
  lua_setfield(L, -2, "host");
  bundle->std = luaL_ref(L, LUA_REGISTRYINDEX);
}

// Makes host and the environments, and leaves what declare.lua returns.
static int open_std(lua_State *L) {
  struct bundle *bundle = lua_touserdata(L, 1);
  bundle_open_host(L, bundle);
  bundle_push_std(L, bundle, "declare.lua");
  lua_getfield(L, -1, "module");
  struct status status = {0};
  if (sandbox_freeze(L, -1, "afterward", &status))
    return luaL_error(L, "%s", status.text);
  lua_pop(L, 1);
  sandbox_push_env(L);
  lua_getfield(L, -2, "require");
  lua_setfield(L, -2, "require");
  bundle->env = luaL_ref(L, LUA_REGISTRYINDEX);
  return 1;
}

static void report_failure(struct bundle *bundle, struct bundle_report *report,
                           const struct status *status) {
  bundle_report_add(
      report, &(struct bundle_problem){
                  .file = bundle->running, .code = "load", .message = status->text});
}

// Calls declare.lua's function of that name; its result, if any, is pushed.
static bool call_std(struct bundle *bundle, int declare, const char *name, int ms,
                     struct bundle_report *report) {
  struct status status = {0};
  sandbox_turn(bundle->sandbox, ms, 0);
  lua_getfield(bundle->lua, declare, name);
  if (sandbox_call(bundle->lua, 0, 1, &status) == SANDBOX_DONE) return true;
  if (!bundle->running) status_prefix(&status, "the scripts can't be checked");
  report_failure(bundle, report, &status);
  return false;
}

static int seal_scripts(struct bundle *bundle, int result, struct status *status) {
  lua_State *L = bundle->lua;
  lua_rawgeti(L, LUA_REGISTRYINDEX, bundle->env);
  lua_getfield(L, result, "kept");
  int top = lua_gettop(L);
  int code = sandbox_seal(L, top - 1, top, "scripts", &bundle->seal, status);
  lua_settop(L, top - 2);
  return code;
}

// Puts what outlives loading into the registry.
static int keep_functions(lua_State *L) {
  struct bundle *bundle = lua_touserdata(L, 1);
  lua_createtable(L, 0, 2);
  lua_getfield(L, 2, "functions");
  lua_setfield(L, -2, "functions");
  bundle_push_std(L, bundle, "api.lua");
  lua_setfield(L, -2, "api");
  bundle->kept = luaL_ref(L, LUA_REGISTRYINDEX);
  luaL_unref(L, LUA_REGISTRYINDEX, bundle->std);
  luaL_unref(L, LUA_REGISTRYINDEX, bundle->env);
  return 0;
}

static void keep_used(struct bundle *bundle, int result) {
  lua_State *L = bundle->lua;
  lua_getfield(L, result, "used");
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, -1, i);
    buf_puts(&bundle->used, lua_tostring(L, -1));
    buf_putc(&bundle->used, 0);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static int keep_result(struct bundle *bundle, int result, struct status *status) {
  lua_State *L = bundle->lua;
  keep_used(bundle, result);
  lua_getfield(L, result, "hash");
  snprintf(bundle->hash, sizeof bundle->hash, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
  int code = bundle_keep_definitions(bundle, result, status);
  if (!code) code = seal_scripts(bundle, result, status);
  if (code) return code;
  lua_pushcfunction(L, keep_functions);
  lua_pushlightuserdata(L, bundle);
  lua_pushvalue(L, result);
  return sandbox_call(L, 2, 0, status) == SANDBOX_DONE ? OK : status->code;
}

static bool load_scripts(struct bundle *bundle, struct bundle_report *report) {
  lua_State *L = bundle->lua;
  struct status status = {0};
  sandbox_turn(bundle->sandbox, LOAD_MS, 0);
  lua_pushcfunction(L, open_std);
  lua_pushlightuserdata(L, bundle);
  if (sandbox_call(L, 1, 1, &status) != SANDBOX_DONE) {
    report_failure(bundle, report, &status);
    return false;
  }
  int declare = lua_gettop(L);
  if (!call_std(bundle, declare, "load", LOAD_MS, report)) return false;
  lua_pop(L, 1);
  bundle->running = NULL;
  if (!call_std(bundle, declare, "finish", CHECK_MS, report)) return false;
  lua_getfield(L, declare + 1, "problems");
  bundle_report_read(report, L);
  if (report->errors) return false;
  if (keep_result(bundle, declare + 1, &status) == OK) return true;
  report_failure(bundle, report, &status);
  return false;
}

struct bundle *bundle_new(const struct bundle_config *config,
                          const struct source *sources, int count) {
  struct bundle *bundle = mem_alloc(sizeof *bundle);
  struct sandbox_limits limits = {.memory = config->memory, .lines = config->lines};
  bundle->sandbox = sandbox_open(&limits);
  bundle->lua = sandbox_state(bundle->sandbox);
  bundle->department = mem_copy_text(config->department);
  bundle->sources = sources;
  bundle->source_count = count;
  zones_init(&bundle->zones, NULL);
  return bundle;
}

int bundle_load(struct bundle **out, const struct bundle_config *config,
                const struct source *sources, int count, struct bundle_report *report) {
  struct bundle *bundle = bundle_new(config, sources, count);
  bool good = load_scripts(bundle, report);
  lua_settop(bundle->lua, 0);
  lua_gc(bundle->lua, LUA_GCCOLLECT);
  zones_deinit(&bundle->zones);
  zones_init(&bundle->zones, NULL);
  bundle->sources = NULL;
  bundle->source_count = 0;
  bundle->running = NULL;
  *out = good ? bundle : NULL;
  if (!good) bundle_free(bundle);
  return good ? OK : ERR_INVALID;
}

void bundle_free(struct bundle *bundle) {
  if (!bundle) return;
  sandbox_close(bundle->sandbox);
  zones_deinit(&bundle->zones);
  buf_deinit(&bundle->definitions);
  buf_deinit(&bundle->used);
  mem_free(bundle->department);
  mem_free(bundle);
}
