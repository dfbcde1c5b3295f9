// Opens schedules to specs, with steps as JSON and times as ISO text: unit.care.schedule.
#include "care/schedule.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "base/iso.h"

void unit_care_schedule(lua_State *L);

struct scene {
  struct schedule *schedule;
  struct calendar *calendar;
  struct zones zones;
  struct schedule_plan plan;
  struct window contact;
  struct status status;
};

static int parse_steps(const char *json, struct schedule **out, struct status *status) {
  struct buf bytes = {0};
  struct value steps;
  int code = value_from_json(&bytes, json, strlen(json), status);
  if (!code && !value_read(bytes.data, bytes.len, &steps))
    code = status_fail(status, ERR_INTERNAL, "not read");
  if (!code) code = schedule_parse(&steps, out, status);
  buf_deinit(&bytes);
  return code;
}

// A field of the table at 2: zone, anchor, enrolled, tier, contact, or hours of a working
// week.
static const char *field(lua_State *L, const char *name) {
  lua_getfield(L, 2, name);
  return lua_tostring(L, -1);
}

static int scene_open(struct scene *scene, const char *steps, const char *zone,
                      const char *anchor, const char *enrolled, const char *contact,
                      const char *hours) {
  struct status *status = &scene->status;
  struct schedule_plan *plan = &scene->plan;
  zones_init(&scene->zones, NULL);
  scene->calendar = hours ? worktime_new() : NULL;
  plan->calendar = scene->calendar;
  int code = hours ? worktime_set_hours(scene->calendar, "mon-fri", hours, status) : 0;
  if (!code) code = parse_steps(steps, &scene->schedule, status);
  if (!code) code = zones_find(&scene->zones, zone, &plan->zone, status);
  if (!code) code = iso_parse(anchor, plan->zone, &plan->anchor_ms, status);
  if (!code) code = iso_parse(enrolled, plan->zone, &plan->enrolled_ms, status);
  if (!code && contact) {
    code = window_parse(contact, &scene->contact, status);
    plan->contact = &scene->contact;
  }
  return code;
}

static void scene_close(struct scene *scene) {
  schedule_free(scene->schedule);
  worktime_free(scene->calendar);
  zones_deinit(&scene->zones);
}

static void push_line(lua_State *L, const struct scene *scene,
                      const struct schedule_occurrence *found) {
  char due[ISO_SIZE], until[ISO_SIZE] = "ever";
  iso_format(found->due_ms, scene->plan.zone, due);
  if (found->valid_until_ms) iso_format(found->valid_until_ms, scene->plan.zone, until);
  lua_createtable(L, 0, 4);
  lua_pushstring(L, scene->schedule->steps[found->step].id);
  lua_setfield(L, -2, "step");
  lua_pushstring(L, due);
  lua_setfield(L, -2, "due");
  lua_pushstring(L, until);
  lua_setfield(L, -2, "until");
  lua_pushstring(L, found->key);
  lua_setfield(L, -2, "key");
}

static int fail(lua_State *L, struct scene *scene) {
  scene_close(scene);
  lua_pushnil(L);
  lua_pushstring(L, scene->status.text);
  return 2;
}

// occurrences(json steps, patient, after, count): a list of { step, due, until, key }
static int occurrences(lua_State *L) {
  struct scene scene = {0};
  const char *steps = luaL_checkstring(L, 1), *after = luaL_checkstring(L, 3);
  lua_Integer count = luaL_checkinteger(L, 4);
  const char *zone = field(L, "zone"), *anchor = field(L, "anchor");
  const char *enrolled = field(L, "enrolled"), *contact = field(L, "contact");
  const char *hours = field(L, "hours");
  scene.plan.tier = field(L, "tier");
  struct schedule_cursor cursor = {0, SIZE_MAX};
  struct schedule_occurrence found;
  int code = scene_open(&scene, steps, zone, anchor, enrolled, contact, hours);
  if (!code) code = iso_parse(after, scene.plan.zone, &cursor.ms, &scene.status);
  if (code) return fail(L, &scene);
  lua_newtable(L);
  for (lua_Integer i = 1; i <= count; i++) {
    code = schedule_next(scene.schedule, &scene.plan, &cursor, &found, &scene.status);
    if (code == ERR_NOT_FOUND) break;
    if (code) return fail(L, &scene);
    push_line(L, &scene, &found);
    lua_rawseti(L, -2, i);
  }
  scene_close(&scene);
  return 1;
}

// parse(json steps): true, or nil and why
static int parse(lua_State *L) {
  struct schedule *schedule = NULL;
  struct status status = {0};
  int code = parse_steps(luaL_checkstring(L, 1), &schedule, &status);
  schedule_free(schedule);
  if (!code) return lua_pushboolean(L, 1), 1;
  lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}

void unit_care_schedule(lua_State *L) {
  static const luaL_Reg verbs[] = {
      {"occurrences", occurrences}, {"parse", parse}, {NULL, NULL}};
  luaL_newlib(L, verbs);
  lua_setfield(L, -2, "schedule");
}
