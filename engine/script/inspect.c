// Looks through the scripts of a bundle: inspect.lua in a state of its own, whose memory
// the bundle doesn't pay for.
#include <string.h>

#include "base/buf.h"
#include "base/sms.h"
#include "script/bundle_parts.h"
#include "script/turn.h"
#include "script/values.h"

enum { INSPECT_MS = 10000, INSPECT_MEMORY = 512 * 1024 * 1024 };

struct inspection {
  struct bundle *bundle;  // looked at; NULL when it did not load
  struct bundle *own;     // the state that looks
  struct bundle_report *report;
};

// try_rule(rule, answer) → true and what it gives, or false and why.
static int try_rule(lua_State *L) {
  struct inspection *inspection = lua_touserdata(L, lua_upvalueindex(1));
  struct status status = {0};
  struct buf answer = {0}, out = {0};
  struct value list, given;
  size_t begun = value_begin_list(&answer);
  int code = values_encode(L, 2, NULL, &answer, &status);
  value_end(&answer, begun, 1);
  if (!code && !value_read(answer.data, answer.len, &list)) code = ERR_INTERNAL;
  if (!code)
    code = rule_run(inspection->bundle, lua_tostring(L, 1), &list, &out, &status);
  lua_pushboolean(L, code == 0);
  if (code || !value_read(out.data, out.len, &given) || values_push(L, &given, &status))
    lua_pushstring(L, status.text);
  buf_deinit(&answer);
  buf_deinit(&out);
  return 2;
}

// sms_size(text) → units, parts, whether it is GSM-7.
static int push_sms_size(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct sms_size size = sms_size_of(text, len);
  lua_pushinteger(L, size.units);
  lua_pushinteger(L, size.parts);
  lua_pushboolean(L, size.gsm);
  return 3;
}

// Pushes the list of names in the library on top, or true for what is none.
static void push_names(lua_State *L, bool library) {
  if (!library) {
    lua_pushboolean(L, true);
    return;
  }
  if (!sandbox_push_frozen(L, -1)) lua_pushvalue(L, -1);
  int from = lua_gettop(L);
  lua_newtable(L);
  for (lua_pushnil(L); lua_next(L, from) != 0; lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    lua_rawseti(L, from + 1, (lua_Integer)lua_rawlen(L, from + 1) + 1);
  }
  lua_remove(L, from);
}

// Leaves what scripts find in their environment: each true, or the list of its names.
static void push_globals(lua_State *L) {
  lua_newtable(L);
  int globals = lua_gettop(L);
  sandbox_push_env(L);
  for (lua_pushnil(L); lua_next(L, globals + 1) != 0; lua_pop(L, 1)) {
    const char *name = lua_tostring(L, -2);
    push_names(L, lua_istable(L, -1) && strcmp(name, "_G") != 0);
    lua_setfield(L, globals, name);
  }
  lua_settop(L, globals);
  lua_pushboolean(L, true);
  lua_setfield(L, globals, "require");
}

static void push_problem(lua_State *L, const struct bundle_problem *problem) {
  lua_createtable(L, 0, 8);
  lua_pushstring(L, problem->file);
  lua_setfield(L, -2, "file");
  lua_pushinteger(L, problem->line);
  lua_setfield(L, -2, "line");
  lua_pushinteger(L, problem->column);
  lua_setfield(L, -2, "column");
  lua_pushstring(L, problem->code);
  lua_setfield(L, -2, "code");
  lua_pushstring(L, problem->key);
  lua_setfield(L, -2, "key");
  lua_pushstring(L, problem->message);
  lua_setfield(L, -2, "message");
  lua_pushboolean(L, problem->warning);
  lua_setfield(L, -2, "warning");
}

static void push_problems(lua_State *L, const struct bundle_report *report) {
  lua_createtable(L, report->count, 0);
  for (int i = 0; i < report->count; i++) {
    push_problem(L, &report->problems[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

static void push_definitions(lua_State *L, struct bundle *bundle) {
  struct status status = {0};
  struct value all = {.kind = VALUE_NIL};
  if (bundle) all = bundle_definitions(bundle);
  if (!bundle)
    lua_newtable(L);
  else if (values_push(L, &all, &status))
    luaL_error(L, "%s", status.text);
}

// Leaves the list of problems.
static int inspect(lua_State *L) {
  struct inspection *inspection = lua_touserdata(L, 1);
  bundle_open_host(L, inspection->own);
  lua_rawgeti(L, LUA_REGISTRYINDEX, inspection->own->std);
  lua_getfield(L, -1, "host");
  push_globals(L);
  lua_setfield(L, -2, "globals");
  lua_pushlightuserdata(L, inspection);
  lua_pushcclosure(L, try_rule, 1);
  lua_setfield(L, -2, "try_rule");
  lua_pushcfunction(L, push_sms_size);
  lua_setfield(L, -2, "sms_size");
  bundle_push_std(L, inspection->own, "inspect.lua");
  lua_newtable(L);
  push_definitions(L, inspection->bundle);
  lua_setfield(L, -2, "definitions");
  if (inspection->bundle)
    bundle_push_places(L, inspection->bundle);
  else
    lua_newtable(L);
  lua_setfield(L, -2, "places");
  push_problems(L, inspection->report);
  lua_setfield(L, -2, "problems");
  lua_pushboolean(L, inspection->bundle != NULL);
  lua_setfield(L, -2, "loaded");
  lua_call(L, 1, 1);
  return 1;
}

static void run_inspection(struct inspection *inspection, struct bundle_report *report) {
  lua_State *L = inspection->own->lua;
  struct status status = {0};
  sandbox_turn(inspection->own->sandbox, INSPECT_MS, 0);
  lua_pushcfunction(L, inspect);
  lua_pushlightuserdata(L, inspection);
  if (sandbox_call(L, 1, 1, &status) == SANDBOX_DONE) {
    bundle_report_deinit(report);
    bundle_report_read(report, L);
    return;
  }
  status_prefix(&status, "the scripts can't be looked through");
  bundle_report_add(report, &(struct bundle_problem){.file = inspection->own->department,
                                                     .code = "not-inspected",
                                                     .message = status.text,
                                                     .warning = true});
}

int bundle_check(struct bundle **out, const struct bundle_config *config,
                 const struct source *sources, int count, struct bundle_report *report) {
  struct bundle_config own = {.department = config->department, .memory = INSPECT_MEMORY};
  struct inspection inspection = {.report = report};
  bundle_load(out, config, sources, count, report);
  inspection.bundle = *out;
  inspection.own = bundle_new(&own, sources, count);
  run_inspection(&inspection, report);
  bundle_free(inspection.own);
  if (report->errors == 0) return OK;
  bundle_free(*out);
  *out = NULL;
  return ERR_INVALID;
}
