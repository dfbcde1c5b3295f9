// JSON for plugins; a text with a secret in it comes out as a secret.
#pragma once

#include <lua.h>

int plugin_json_encode(lua_State *L);  // (value) → text
int plugin_json_decode(lua_State *L);  // (text) → value | nil, reason
// A buffer that Lua frees, for bytes that grow while Lua may raise.
struct buf *plugin_box(lua_State *L);
