// The request that a plugin's send returned, as bytes: the only place where secrets
// become readable.
#pragma once

#include <lua.h>

#include "base/buf.h"
#include "base/status.h"

// Appends the table at index 1 as an encoded map {body, headers = list of pairs, method,
// url}. On failure out may have part of it, and values may be left on the stack.
int plugin_request_put(lua_State *L, struct buf *out, struct status *status);
