// A read-only console on a copy of a patient's facts, as GET patients/ID/facts gives it.
#pragma once

#include <lua.h>

// (scripts folder, department, facts, zone): a console; its method run(line) gives true
// and what is to be shown, or false and why. Raises what the scripts' problems are.
int sim_console_new(lua_State *L);
void sim_console_register(lua_State *L);
