// Times in specs: texts to ms and back, in a zone.
#pragma once

#include <lua.h>

int sim_time_parse(lua_State *L);  // (text, zone): ms
int sim_time_civil(lua_State *L);  // (ms, zone): { year, month, day, hour, min, weekday }
