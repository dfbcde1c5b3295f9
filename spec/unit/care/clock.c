// Opens the arithmetic of clocks to specs: unit.care.clock.
#include <lauxlib.h>
#include <lua.h>

#include "care/clock_time.h"

void unit_care_clock(lua_State *L);

enum { STANDS = 8 };

struct scene {
  struct zones zones;
  struct calendar *calendar;
  struct clock_stand stands[STANDS];
  struct clock_time clock;
  struct span span;
  struct status status;
};

static const char *text_at(lua_State *L, int list, int i) {
  lua_rawgeti(L, list, i);
  const char *text = lua_tostring(L, -1);  // stays in the list
  lua_pop(L, 1);
  return text;
}

// A list of days and hours in turn; then a holiday file.
static int set_calendar(lua_State *L, struct scene *scene) {
  size_t len;
  const char *days = luaL_checklstring(L, 3, &len);
  int code = 0;
  for (int i = 1; !code && i < (int)lua_rawlen(L, 2); i += 2)
    code = worktime_set_hours(scene->calendar, text_at(L, 2, i), text_at(L, 2, i + 1),
                              &scene->status);
  return code ? code
              : worktime_add_holidays(scene->calendar, days, len, "days", &scene->status);
}

static void set_stands(lua_State *L, struct scene *scene) {
  int count = (int)lua_rawlen(L, 6) / 2;
  for (int i = 0; i < count && i < STANDS; i++) {
    lua_rawgeti(L, 6, i * 2 + 1);
    lua_rawgeti(L, 6, i * 2 + 2);
    scene->stands[i] = (struct clock_stand){lua_tointeger(L, -2), lua_tointeger(L, -1)};
    lua_pop(L, 2);
  }
  scene->clock.count = count < STANDS ? count : STANDS;
}

// due(zone, hours, holidays, started ms, span, { from, to, … }) → ms, stood ms | nil, why
static int due(lua_State *L) {
  struct scene scene = {.calendar = worktime_new()};
  const char *zone = luaL_checkstring(L, 1), *span = luaL_checkstring(L, 5);
  int64_t at = 0, stood = 0;
  zones_init(&scene.zones, NULL);
  scene.clock = (struct clock_time){.span = &scene.span,
                                    .calendar = scene.calendar,
                                    .started_at = luaL_checkinteger(L, 4),
                                    .stands = scene.stands};
  set_stands(L, &scene);
  int code = set_calendar(L, &scene);
  if (!code) code = zones_find(&scene.zones, zone, &scene.clock.zone, &scene.status);
  if (!code) code = span_parse(span, &scene.span, &scene.status);
  if (!code) code = clock_time_due(&scene.clock, &at, &stood, &scene.status);
  worktime_free(scene.calendar);
  zones_deinit(&scene.zones);
  if (code) {
    lua_pushnil(L);
    lua_pushstring(L, scene.status.text);
    return 2;
  }
  lua_pushinteger(L, at);
  lua_pushinteger(L, stood);
  return 2;
}

void unit_care_clock(lua_State *L) {
  lua_newtable(L);
  lua_pushcfunction(L, due);
  lua_setfield(L, -2, "due");
  lua_setfield(L, -2, "clock");
}
