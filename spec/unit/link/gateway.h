// A gateway on loopback that does to a request whatever a spec says: answers raw bytes,
// resets the connection, or never answers.
#pragma once

#include <lua.h>

void unit_link_gateway(lua_State *L);  // adds gateway() to the table on top
