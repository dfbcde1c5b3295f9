#include "sim/replay.h"

#include <lauxlib.h>

#include "replay_report.h"
#include "script/values.h"

static void add_sources(lua_State *L, int table, struct sources *out) {
  luaL_checktype(L, table, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    sources_add(out, lua_tostring(L, -2), text, len);
  }
}

static int push_problems(lua_State *L, struct bundle_report *problems) {
  struct buf text = {0};
  bundle_report_text(problems, &text);
  bundle_report_deinit(problems);
  lua_pushnil(L);
  lua_pushlstring(L, buf_text(&text), text.len);
  buf_deinit(&text);
  return 2;
}

static int push_report(lua_State *L, struct engine *engine, const char *department,
                       struct bundle *bundle) {
  struct replay_report *report = replay_report_new(
      engine, &(struct replay_scope){.department = department, .bundle = bundle});
  struct buf out = {0};
  struct value view;
  struct status status = {0};
  lua_Integer slices = 1;
  while (replay_report_step(report, 1)) slices++;
  replay_report_put(report, &out);
  replay_report_free(report);
  bundle_free(bundle);
  bool read = value_read(out.data, out.len, &view) && !values_push(L, &view, &status);
  buf_deinit(&out);
  if (!read) return luaL_error(L, "the report: %s", status.text);
  lua_pushinteger(L, slices);
  return 2;
}

int sim_replay_push(lua_State *L, struct engine *engine) {
  struct sources sources = {0};
  struct bundle_report problems = {0};
  struct bundle *bundle = NULL;
  const char *department = luaL_checkstring(L, 2);
  add_sources(L, 3, &sources);
  int code = bundle_load(&bundle, &(struct bundle_config){.department = department},
                         sources.items, sources.count, &problems);
  sources_deinit(&sources);
  if (code) return push_problems(L, &problems);
  bundle_report_deinit(&problems);
  return push_report(L, engine, department, bundle);
}
