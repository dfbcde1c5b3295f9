// What a plugin may use beside the language: JSON, digests, encodings. No input or
// output.
#pragma once

#include <lua.h>

void plugin_lib_push(lua_State *L);  // a new table with them
