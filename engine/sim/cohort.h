// A cohort: a discharge list read as `afterward import` reads it, for playing.
#pragma once

#include <lua.h>

// (file, map file or nil): a list of discharge events as POST /api/v1/events takes them,
// and one of rows that can't go in, { line, column, reason }. Without a map, the one of
// scripts/demo. Raises with a sentence when the file or the map is not to be used.
int sim_cohort_read(lua_State *L);
