// Opens the insides of engine/care to specs as afterward.unit.care.
#include <lauxlib.h>
#include <lua.h>

int luaopen_afterward_unit_care(lua_State *L);
extern void unit_care_message(lua_State *L);
extern void unit_care_clock(lua_State *L);
extern void unit_care_event(lua_State *L);
extern void unit_care_reply(lua_State *L);
extern void unit_care_schedule(lua_State *L);
extern void unit_care_work(lua_State *L);

int luaopen_afterward_unit_care(lua_State *L) {
  lua_newtable(L);
  unit_care_message(L);
  unit_care_clock(L);
  unit_care_event(L);
  unit_care_reply(L);
  unit_care_schedule(L);
  unit_care_work(L);
  return 1;
}
