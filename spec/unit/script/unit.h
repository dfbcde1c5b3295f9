// Each file adds its functions to the module's table on top of the stack.
#pragma once

#include <lua.h>

void unit_script_bundle(lua_State *L);
void unit_script_sandbox(lua_State *L);
void unit_script_values(lua_State *L);
void unit_script_turn(lua_State *L);
