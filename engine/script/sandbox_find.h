// The pattern functions of the string library.
#pragma once

#include <lua.h>

int sandbox_find(lua_State *L);
int sandbox_match(lua_State *L);
int sandbox_gmatch(lua_State *L);
int sandbox_gsub(lua_State *L);
