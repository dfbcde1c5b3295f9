// Opens the insides of engine/base to specs as afterward.unit.base.
#include <lauxlib.h>
#include <lua.h>

int luaopen_afterward_unit_base(lua_State *L);
extern void unit_base_csv(lua_State *L);
extern void unit_base_media(lua_State *L);
extern void unit_base_phrases(lua_State *L);
extern void unit_base_sms(lua_State *L);
extern void unit_base_time(lua_State *L);
extern void unit_base_value(lua_State *L);

int luaopen_afterward_unit_base(lua_State *L) {
  lua_newtable(L);
  unit_base_csv(L);
  unit_base_media(L);
  unit_base_phrases(L);
  unit_base_sms(L);
  unit_base_time(L);
  unit_base_value(L);
  return 1;
}
