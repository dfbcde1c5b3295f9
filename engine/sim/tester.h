// host.tester(folder): runs specs for the Lua of afterward test, and looks after a folder
// meanwhile.
#pragma once

#include <lua.h>

void sim_tester_register(lua_State *L);
// tester:run { folder, scripts, department, first_only, quiet, env = { "NAME=value" } }:
// busted's exit code, what it said, whether it passed its time limit; nil, reason and
// whether something is not installed, when it can't run. What is said goes to stdout
// at once, unless quiet.
// tester:wait(): until something below the folder was saved; at once when it was during
// a run. Both give false when the user ends it (^C).
int sim_tester_new(lua_State *L);
