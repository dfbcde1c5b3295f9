// Opens zones, spans, working time and windows to specs, with times as ISO text:
// unit.base.time.
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "base/iso.h"
#include "base/span.h"

void unit_base_time(lua_State *L);

// What a call works on; built from the arguments, freed before anything can raise.
struct scene {
  struct zones zones;
  const struct zone *zone;
  struct calendar *calendar;
  struct status status;
};

static int scene_open(struct scene *scene, const char *folder, const char *zone) {
  *scene = (struct scene){0};
  zones_init(&scene->zones, folder);
  return zones_find(&scene->zones, zone, &scene->zone, &scene->status);
}

// calendar text: "always", "" for none, or lines "days=hours", then an empty line, then a
// holiday file.
static int scene_calendar(struct scene *scene, const char *text) {
  if (!*text) return 0;
  bool always = strcmp(text, "always") == 0;
  scene->calendar = always ? worktime_new_always() : worktime_new();
  while (!always && *text && *text != '\n') {
    char days[64] = "", hours[128] = "";
    size_t equals = strcspn(text, "="), end = strcspn(text, "\n");
    memcpy(days, text, equals < 63 ? equals : 63);
    size_t len = end - equals - 1;
    memcpy(hours, text + equals + 1, len < 127 ? len : 127);
    int code = worktime_set_hours(scene->calendar, days, hours, &scene->status);
    if (code) return code;
    text += end + (text[end] == '\n');
  }
  if (worktime_check(scene->calendar, &scene->status)) return scene->status.code;
  if (always || !*text) return 0;
  return worktime_add_holidays(scene->calendar, text + 1, strlen(text + 1), "cn.csv",
                               &scene->status);
}

static void scene_close(struct scene *scene) {
  worktime_free(scene->calendar);
  zones_deinit(&scene->zones);
}

static int push_failure(lua_State *L, const struct status *status) {
  lua_pushnil(L);
  lua_pushstring(L, status->text);
  return 2;
}

static int push_time(lua_State *L, struct scene *scene, int code, int64_t ms) {
  char text[ISO_SIZE];
  if (!code) iso_format(ms, scene->zone, text);
  scene_close(scene);
  if (code) return push_failure(L, &scene->status);
  lua_pushstring(L, text);
  return 1;
}

static int zone_known(lua_State *L) {
  struct scene scene;
  const char *name = luaL_checkstring(L, 1), *folder = luaL_optstring(L, 2, NULL);
  int code = scene_open(&scene, folder, name);
  scene_close(&scene);
  if (code) return push_failure(L, &scene.status);
  lua_pushboolean(L, 1);
  return 1;
}

static int version(lua_State *L) {
  char text[32];
  struct zones zones;
  zones_init(&zones, NULL);
  zones_version(&zones, text, sizeof text);
  zones_deinit(&zones);
  lua_pushstring(L, text);
  return 1;
}

// iso(zone, ms, folder)
static int iso(lua_State *L) {
  struct scene scene;
  int64_t ms = luaL_checkinteger(L, 2);
  const char *name = luaL_checkstring(L, 1), *folder = luaL_optstring(L, 3, NULL);
  int code = scene_open(&scene, folder, name);
  return push_time(L, &scene, code, ms);
}

// ms(zone, text)
static int parse(lua_State *L) {
  struct scene scene;
  int64_t ms = 0;
  const char *name = luaL_checkstring(L, 1), *text = luaL_checkstring(L, 2);
  int code = scene_open(&scene, NULL, name);
  if (!code) code = iso_parse(text, scene.zone, &ms, &scene.status);
  scene_close(&scene);
  if (code) return push_failure(L, &scene.status);
  lua_pushinteger(L, ms);
  return 1;
}

// civil(zone, ms): year month day hour minute second ms weekday offset
static int civil(lua_State *L) {
  struct scene scene;
  struct civil c = {0};
  int64_t ms = luaL_checkinteger(L, 2);
  if (scene_open(&scene, NULL, luaL_checkstring(L, 1)) == 0)
    c = zone_civil(scene.zone, ms);
  scene_close(&scene);
  int fields[] = {c.year,   c.month, c.day,     c.hour,  c.minute,
                  c.second, c.ms,    c.weekday, c.offset};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    lua_pushinteger(L, fields[i]);
  return 9;
}

// A call (zone, calendar, time, …) that gives a time or fails.
struct call {
  struct scene scene;
  int64_t ms;
  int code;
};

static struct call call_open(lua_State *L) {
  const char *name = luaL_checkstring(L, 1), *calendar = luaL_checkstring(L, 2);
  const char *text = luaL_checkstring(L, 3);
  struct call call;
  call.code = scene_open(&call.scene, NULL, name);
  if (!call.code) call.code = scene_calendar(&call.scene, calendar);
  if (!call.code)
    call.code = iso_parse(text, call.scene.zone, &call.ms, &call.scene.status);
  return call;
}

static int add_span(lua_State *L) {
  const char *text = luaL_checkstring(L, 4);
  struct span span;
  struct call call = call_open(L);
  if (!call.code) call.code = span_parse(text, &span, &call.scene.status);
  if (!call.code)
    call.code = span_add(call.ms, &span, call.scene.zone, call.scene.calendar, &call.ms,
                         &call.scene.status);
  return push_time(L, &call.scene, call.code, call.ms);
}

static int recurrence(lua_State *L) {
  struct status status = {0};
  struct span span;
  if (span_parse_recurrence(luaL_checkstring(L, 1), &span, &status))
    return push_failure(L, &status);
  lua_pushboolean(L, 1);
  return 1;
}

static int next_open(lua_State *L) {
  struct call call = call_open(L);
  if (!call.code)
    call.code = worktime_next(call.scene.calendar, call.scene.zone, call.ms, &call.ms,
                              &call.scene.status);
  return push_time(L, &call.scene, call.code, call.ms);
}

// works(zone, calendar, time): whether that moment is working time, and the name of its
// day.
static int works(lua_State *L) {
  char name[64] = "";
  struct call call = call_open(L);
  bool open = false;
  if (!call.code) {
    int64_t local = zone_to_local(call.scene.zone, call.ms);
    const struct worktime_special *special =
        worktime_find_special(call.scene.calendar, civil_floor_div(local, CIVIL_DAY_MS));
    if (special) memcpy(name, special->name, strnlen(special->name, sizeof name - 1));
    open = worktime_is_open(call.scene.calendar, call.scene.zone, call.ms);
  }
  scene_close(&call.scene);
  if (call.code) return push_failure(L, &call.scene.status);
  lua_pushboolean(L, open);
  lua_pushstring(L, name);
  return 2;
}

// knows_year(calendar, year): its working days, its festivals
static int knows_year(lua_State *L) {
  struct scene scene;
  int year = (int)luaL_checkinteger(L, 2);
  const char *calendar = luaL_checkstring(L, 1);
  bool read =
      scene_open(&scene, NULL, "UTC") == 0 && scene_calendar(&scene, calendar) == 0;
  lua_pushboolean(L, read && worktime_knows_year(scene.calendar, year));
  lua_pushboolean(L, read && worktime_knows_festivals(scene.calendar, year));
  scene_close(&scene);
  return 2;
}

// window(zone, ranges, time): inside, next moment inside, next moment outside.
static int window(lua_State *L) {
  const char *name = luaL_checkstring(L, 1), *ranges = luaL_checkstring(L, 2);
  const char *text = luaL_checkstring(L, 3);
  struct scene scene;
  struct window window;
  int64_t ms;
  char in[ISO_SIZE] = "never", out[ISO_SIZE] = "never";
  bool inside = false;
  int code = scene_open(&scene, NULL, name);
  if (!code) code = window_parse(ranges, &window, &scene.status);
  if (!code) code = iso_parse(text, scene.zone, &ms, &scene.status);
  if (!code) {
    int64_t edge;
    inside = window_inside(&window, scene.zone, ms);
    if (window_next_inside(&window, scene.zone, ms, &edge))
      iso_format(edge, scene.zone, in);
    if (window_next_outside(&window, scene.zone, ms, &edge))
      iso_format(edge, scene.zone, out);
  }
  scene_close(&scene);
  if (code) return push_failure(L, &scene.status);
  lua_pushboolean(L, inside);
  lua_pushstring(L, in);
  lua_pushstring(L, out);
  return 3;
}

void unit_base_time(lua_State *L) {
  static const luaL_Reg verbs[] = {{"zone", zone_known},
                                   {"version", version},
                                   {"iso", iso},
                                   {"ms", parse},
                                   {"civil", civil},
                                   {"add", add_span},
                                   {"recurrence", recurrence},
                                   {"next_open", next_open},
                                   {"works", works},
                                   {"knows_year", knows_year},
                                   {"window", window},
                                   {NULL, NULL}};
  luaL_newlib(L, verbs);
  lua_setfield(L, -2, "time");
}
