// afterward.unit.script: opens engine/script to the specs in this folder.
#include <lauxlib.h>

#include "unit.h"

int luaopen_afterward_unit_script(lua_State *L);

int luaopen_afterward_unit_script(lua_State *L) {
  lua_newtable(L);
  unit_script_bundle(L);
  unit_script_sandbox(L);
  unit_script_values(L);
  unit_script_turn(L);
  return 1;
}
