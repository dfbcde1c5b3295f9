// The request that a plugin's send, query or result gives, as an encoded map.
#pragma once

#include <lua.h>

#include "base/buf.h"
#include "base/status.h"

// Of the table at index: {body, headers = list of {name, value}, mail, method, safe,
// shown = {body, headers, url}, step, url}. shown is the same with secrets masked, and is
// there only when there are any. out is garbage after a failure.
int plugin_request_put(lua_State *L, int index, struct buf *out, struct status *status);
