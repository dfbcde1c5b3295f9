// Opens loading of scripts to specs: bundles are userdata, problems are tables.
#include <lauxlib.h>
#include <lua.h>

#include "script/bundle.h"
#include "script/sandbox.h"
#include "script/values.h"
#include "unit.h"

static const char kind[] = "afterward.unit.script.bundle";

static struct bundle *check_bundle(lua_State *L) {
  struct bundle **box = luaL_checkudata(L, 1, kind);
  luaL_argcheck(L, *box, 1, "closed");
  return *box;
}

static void push_problems(lua_State *L, const struct bundle_report *report) {
  lua_createtable(L, report->count, 0);
  for (int i = 0; i < report->count; i++) {
    lua_createtable(L, 0, 4);
    lua_pushstring(L, report->problems[i].file);
    lua_setfield(L, -2, "file");
    lua_pushinteger(L, report->problems[i].line);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, report->problems[i].column);
    lua_setfield(L, -2, "column");
    lua_pushstring(L, report->problems[i].code);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, report->problems[i].accepted);
    lua_setfield(L, -2, "accepted");
    lua_pushstring(L, report->problems[i].message);
    lua_setfield(L, -2, "message");
    lua_pushboolean(L, report->problems[i].warning);
    lua_setfield(L, -2, "warning");
    lua_rawseti(L, -2, i + 1);
  }
  struct buf text = {0};
  bundle_report_text(report, &text);
  lua_pushstring(L, buf_text(&text));
  buf_deinit(&text);
}

typedef int loader(struct bundle **, const struct bundle_config *, const struct source *,
                   int, struct bundle_report *);

static int load_by(lua_State *L, loader *loads) {
  struct bundle_config config = {.department = luaL_checkstring(L, 1),
                                 .memory = (size_t)luaL_optinteger(L, 3, 0)};
  luaL_checktype(L, 2, LUA_TTABLE);
  struct bundle **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, kind);
  struct sources sources = {0};
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    sources_add(&sources, lua_tostring(L, -2), text, len);
  }
  struct bundle_report report = {0};
  if (loads(box, &config, sources.items, sources.count, &report)) {
    lua_pop(L, 1);
    lua_pushnil(L);
  }
  sources_deinit(&sources);
  push_problems(L, &report);
  bundle_report_deinit(&report);
  return 3;
}

// bundle_load(department, { path → text }, memory) → bundle or nil, problems, report
// text; bundle_check the same, with the scripts looked through.
static int load(lua_State *L) { return load_by(L, bundle_load); }
static int look(lua_State *L) { return load_by(L, bundle_check); }

// sources_read(folder, department) → { { path, text }, … } or nil, message.
static int read_sources(lua_State *L) {
  struct sources sources = {0};
  struct status status = {0};
  int code =
      sources_read(&sources, luaL_checkstring(L, 1), luaL_checkstring(L, 2), &status);
  lua_createtable(L, sources.count, 0);
  for (int i = 0; i < sources.count; i++) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, sources.items[i].path);
    lua_setfield(L, -2, "path");
    lua_pushlstring(L, sources.items[i].text, sources.items[i].len);
    lua_setfield(L, -2, "text");
    lua_rawseti(L, -2, i + 1);
  }
  sources_deinit(&sources);
  if (!code) return 1;
  lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}

static void push_value(lua_State *L, const struct value *value) {
  struct value_iter iter = value_iterate(value);
  struct value key, item;
  struct status status = {0};
  if (value->kind != VALUE_LIST && value->kind != VALUE_MAP) {
    if (values_push(L, value, &status)) luaL_error(L, "%s", status.text);
    return;
  }
  luaL_checkstack(L, 4, NULL);
  lua_newtable(L);
  for (lua_Integer i = 1; value_next(&iter, &key, &item); i++) {
    if (iter.map)
      lua_pushlstring(L, key.text.data, key.text.len);
    else
      lua_pushinteger(L, i);
    push_value(L, &item);
    lua_rawset(L, -3);
  }
}

static int definitions(lua_State *L) {
  struct value all = bundle_definitions(check_bundle(L));
  push_value(L, &all);
  return 1;
}

static int definition(lua_State *L) {
  struct value one =
      bundle_definition(check_bundle(L), luaL_checkstring(L, 2), luaL_checkstring(L, 3));
  push_value(L, &one);
  return 1;
}

static int hash(lua_State *L) {
  lua_pushstring(L, bundle_hash(check_bundle(L)));
  return 1;
}

static bool push_named(lua_State *L, struct bundle *bundle) {
  const char *what = luaL_checkstring(L, 2), *a = lua_tostring(L, 3),
             *b = luaL_checkstring(L, 4);
  const char *which = luaL_optstring(L, 5, NULL);
  if (*what == 's') return bundle_push_step(bundle, a, b, which);
  if (*what == 'w') return bundle_push_watch(bundle, a, b, which);
  if (*what == 'i') return bundle_push_when(bundle, a, b);
  return bundle_push(bundle, a, b, which);
}

// call("step", pathway, step, which), ("watch", pathway or nil, watch, which),
// ("item", form, item) or ("kind", kind, id, which), then an argument as text → what it
// returned as text, or nil, message; false when there is no such function.
static int call(lua_State *L) {
  struct bundle *bundle = check_bundle(L);
  lua_State *inner = bundle_lua(bundle);
  if (!push_named(L, bundle)) {
    lua_pushboolean(L, false);
    return 1;
  }
  struct status status = {0};
  sandbox_turn(bundle_sandbox(bundle), 0, 1);
  lua_pushstring(inner, luaL_optstring(L, 6, NULL));
  if (sandbox_call(inner, 1, 1, &status) == SANDBOX_DONE) {
    struct buf out = {0};
    values_encode(inner, -1, NULL, &out, &status);
    lua_pop(inner, 1);
    struct value value;
    value_read(out.data, out.len, &value);
    push_value(L, &value);
    buf_deinit(&out);
    if (!sandbox_seal_check(inner, bundle_seal(bundle), &status)) return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}

static int close_bundle(lua_State *L) {
  struct bundle **box = luaL_checkudata(L, 1, kind);
  bundle_free(*box);
  *box = NULL;
  return 0;
}

void unit_script_bundle(lua_State *L) {
  static const luaL_Reg methods[] = {{"definitions", definitions},
                                     {"definition", definition},
                                     {"hash", hash},
                                     {"call", call},
                                     {"__gc", close_bundle},
                                     {NULL, NULL}};
  luaL_newmetatable(L, kind);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, load);
  lua_setfield(L, -2, "bundle_load");
  lua_pushcfunction(L, look);
  lua_setfield(L, -2, "bundle_check");
  lua_pushcfunction(L, read_sources);
  lua_setfield(L, -2, "sources_read");
}
