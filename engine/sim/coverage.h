// Which lines of scripts specs have run: noted when the environment asks for it with
// AFTERWARD_COVERAGE=FILE, else nothing is done. Each line is added to FILE once a
// process, as "ortho/hip.lua:12 /home/li/scripts".
#pragma once

#include <lua.h>

#include "script/sandbox.h"

// For scripts from that folder; NULL when nobody asks, or folder is NULL: texts written
// in a spec are nobody's file. Lives as long as L.
const struct line_watch *sim_coverage_of(lua_State *L, const char *folder);
