// Texts that a plugin may pass on but not read: secrets, and what is made from them.
#pragma once

#include <lua.h>
#include <stddef.h>

// Pushes a handle. tostring gives "secret"; joining it to text gives another handle.
void sealed_push(lua_State *L, const char *bytes, size_t len);
// The bytes of a text or a handle at index; NULL for anything else. Borrowed from it.
const char *sealed_bytes(lua_State *L, int index, size_t *len);
const char *sealed_check(lua_State *L, int index, size_t *len);  // raises instead
int sealed_is(lua_State *L, int index);
// Pushes bytes as a handle when hidden, else as a text.
void sealed_push_as(lua_State *L, const char *bytes, size_t len, int hidden);
