// require "afterward.sim": the engine of production in memory, for specs and for the
// program's own simulations.
#pragma once

#include <lua.h>

// Leaves the module's table (engine/sim.lua) on the stack; raises when memory is short.
int luaopen_afterward_sim(lua_State *L);
