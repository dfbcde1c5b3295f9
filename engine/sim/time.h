// Times in specs: texts to ms and back, in a zone.
#pragma once

#include <lua.h>

#include "engine.h"

int sim_time_parse(lua_State *L);  // (text, zone): ms
int sim_time_civil(lua_State *L);  // (ms, zone): { year, month, day, hour, min, weekday }
// (sim, ms, seen): sets the engine's clock; when seen, the engine notices that it jumped.
void sim_time_jump(lua_State *L, struct engine *engine);
int sim_time_span(lua_State *L, struct engine *engine);  // (sim, text, ms): ms
