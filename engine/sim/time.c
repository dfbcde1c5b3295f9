#include "sim/time.h"

#include <lauxlib.h>

#include "base/iso.h"
#include "base/zone.h"
#include "care/clock_hold.h"

static const struct zone *zone_arg(lua_State *L, struct zones *zones, int at) {
  const struct zone *zone = NULL;
  struct status status = {0};
  zones_init(zones, NULL);
  if (zones_find(zones, luaL_checkstring(L, at), &zone, &status)) {
    zones_deinit(zones);
    luaL_error(L, "%s", status.text);
  }
  return zone;
}

int sim_time_parse(lua_State *L) {
  struct zones zones;
  struct status status = {0};
  int64_t ms = 0;
  const char *text = luaL_checkstring(L, 1);
  const struct zone *zone = zone_arg(L, &zones, 2);
  int code = iso_parse(text, zone, &ms, &status);
  zones_deinit(&zones);
  if (code) return luaL_error(L, "%s", status.text);
  lua_pushinteger(L, ms);
  return 1;
}

int sim_time_civil(lua_State *L) {
  struct zones zones;
  int64_t ms = luaL_checkinteger(L, 1);
  const struct zone *zone = zone_arg(L, &zones, 2);
  struct civil civil = zone_civil(zone, ms);
  zones_deinit(&zones);
  lua_createtable(L, 0, 6);
  const char *names[] = {"year", "month", "day", "hour", "min", "weekday"};
  int32_t values[] = {civil.year, civil.month,  civil.day,
                      civil.hour, civil.minute, civil.weekday};
  for (int i = 0; i < 6; i++) {
    lua_pushinteger(L, values[i]);
    lua_setfield(L, -2, names[i]);
  }
  return 1;
}

void sim_time_jump(lua_State *L, struct engine *engine) {
  struct clock_watch watch = {0};
  clock_watch(&watch, engine->clock);
  clock_set(engine->clock, luaL_checkinteger(L, 2));
  int64_t jump = clock_watch(&watch, engine->clock);
  if (lua_toboolean(L, 3)) clock_jumped(&engine->care, jump);
}

int sim_time_span(lua_State *L, struct engine *engine) {
  struct status status = {0};
  struct span span;
  int64_t at;
  if (span_parse(luaL_checkstring(L, 2), &span, &status) ||
      span_add(luaL_checkinteger(L, 3), &span, care_site_zone(&engine->care),
               catalog_calendar(engine->catalog, "", NULL), &at, &status))
    return luaL_error(L, "%s", status.text);
  lua_pushinteger(L, at);
  return 1;
}
