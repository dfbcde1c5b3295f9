#include "sim/load.h"

#include <lauxlib.h>

static void push_report(lua_State *L, const struct bundle_report *report) {
  lua_Integer count = 0;
  lua_createtable(L, report->count, 0);
  for (int i = 0; i < report->count; i++) {
    if (report->problems[i].accepted) continue;
    lua_pushfstring(L, "%s:%d: %s%s", report->problems[i].file, report->problems[i].line,
                    report->problems[i].warning ? "warning: " : "",
                    report->problems[i].message);
    lua_rawseti(L, -2, ++count);
  }
}

static int activate(lua_State *L, struct engine *engine, const char *department,
                    struct sources *sources, bool look) {
  struct status status = {0};
  struct bundle_report report = {0};
  int code = engine_activate(engine, department, sources, "spec", look, &report, &status);
  sources_deinit(sources);
  if (code)
    lua_pushnil(L);
  else
    lua_pushboolean(L, 1);
  push_report(L, &report);
  bundle_report_deinit(&report);
  if (code) lua_pushstring(L, status.text);
  return code ? 3 : 2;
}

int sim_load_texts(lua_State *L, struct engine *engine) {
  struct sources sources = {0};
  const char *department = luaL_checkstring(L, 2);
  luaL_checktype(L, 3, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) {
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    sources_add(&sources, lua_tostring(L, -2), text, len);
  }
  return activate(L, engine, department, &sources, lua_toboolean(L, 4));
}

int sim_load_folder(lua_State *L, struct engine *engine) {
  struct sources sources = {0};
  struct status status = {0};
  const char *folder = luaL_checkstring(L, 2), *department = luaL_checkstring(L, 3);
  if (!sources_read(&sources, folder, department, &status))
    return activate(L, engine, department, &sources, lua_toboolean(L, 4));
  sources_deinit(&sources);
  lua_pushnil(L);
  lua_newtable(L);
  lua_pushstring(L, status.text);
  return 3;
}
