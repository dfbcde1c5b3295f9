// Lua values as canonical values and back: what a script may store, send or journal.
// Nil, booleans, integers, finite floats, texts; lists (keys 1..n without a hole) and
// maps (text keys only). An empty table is an empty map, and comes back as an empty
// table, as does an empty list: in Lua the two are one. Tables frozen by sandbox_seal
// encode as what they hold. Metamethods are never called.
#pragma once

#include <lua.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/value.h"

enum {
  VALUES_DEPTH = 32,           // tables within tables
  VALUES_BYTES = 1024 * 1024,  // encoded size of one value
};

// Appends the value at index to out. Never raises, never calls Lua, leaves the stack as
// it was. On failure returns ERR_INVALID or ERR_LIMIT, leaves out as it was, and the text
// names the path: "fields.left: a function can't be stored". name is the path's beginning
// ("fields"), or NULL.
int values_encode(lua_State *L, int index, const char *name, struct buf *out,
                  struct status *status);

// Pushes the Lua value of a view. On failure (ERR_LIMIT: too deep, a text over 1 MB; or a
// malformed view, ERR_INVALID) pushes nothing. The view's bytes must stay in place during
// the call only. A Lua memory error is possible only while a script runs, so inside a
// turn call it with no C memory that Lua can't collect.
int values_push(lua_State *L, const struct value *value, struct status *status);
