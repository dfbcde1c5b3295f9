// Lines that a person types at a terminal: with editing, and those of this session again.
#pragma once

#include <lua.h>

// host.line(prompt): the line, or nil at the end (Ctrl-D). Nothing is kept after the
// program: what is asked about a patient is nobody else's history.
int sim_line_read(lua_State *L);
