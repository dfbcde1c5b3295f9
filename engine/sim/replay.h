// Live runs against a candidate, for specs.
#pragma once

#include <lua.h>

#include "engine.h"

// Upon the stack: the world, a department, its candidate { path = text, … }. Pushes the
// replay report (replay_report.h) and how many slices it took, or nil and problems.
int sim_replay_push(lua_State *L, struct engine *engine);
