// Texts that a plugin may pass on but not read: secrets, and what is made from them.
#pragma once

#include <lua.h>
#include <stddef.h>

#define SEALED_MASK "***"

// Pushes a handle. tostring gives "secret"; joining it to text gives another handle.
void sealed_push(lua_State *L, const char *bytes, size_t len);
// The same for what is made of secrets and other text: shown is that with SEALED_MASK in
// their places, for people who look at a request.
void sealed_push_shown(lua_State *L, const char *bytes, size_t len, const char *shown,
                       size_t shown_len);
// The bytes of a text or a handle at index; NULL for anything else. Borrowed from it.
const char *sealed_bytes(lua_State *L, int index, size_t *len);
const char *sealed_check(lua_State *L, int index, size_t *len);  // raises instead
// What people may see of it: a text itself, a handle with its secrets masked.
const char *sealed_shown(lua_State *L, int index, size_t *len);
int sealed_is(lua_State *L, int index);
// Pushes bytes as a handle when hidden, else as a text.
void sealed_push_as(lua_State *L, const char *bytes, size_t len, int hidden);
