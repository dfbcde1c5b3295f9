#include "script/plugin_request.h"

#include <string.h>

#include "base/value.h"
#include "script/sealed.h"

enum { REQUEST_LONGEST = 512 * 1024 };

// A field of the request's table.
static int put_bytes(lua_State *L, const char *key, const char *otherwise,
                     struct buf *out, struct status *status) {
  size_t len = otherwise ? strlen(otherwise) : 0;
  lua_getfield(L, 1, key);
  const char *bytes = lua_isnil(L, -1) ? otherwise : sealed_bytes(L, -1, &len);
  if (!bytes || len > REQUEST_LONGEST) {
    lua_pop(L, 1);
    return status_fail(status, ERR_INVALID,
                       "send: %s of the request must be text of %d"
                       " bytes at most",
                       key, REQUEST_LONGEST);
  }
  value_put_key(out, key);
  value_put_bytes(out, bytes, len);
  lua_pop(L, 1);
  return OK;
}

static int put_headers(lua_State *L, struct buf *out, struct status *status) {
  uint32_t count = 0;
  value_put_key(out, "headers");
  size_t list = value_begin_list(out);
  lua_getfield(L, 1, "headers");
  if (lua_istable(L, -1)) {
    lua_pushnil(L);
    while (lua_next(L, -2)) {
      size_t len;
      const char *bytes = sealed_bytes(L, -1, &len);
      if (!bytes || lua_type(L, -2) != LUA_TSTRING)
        return status_fail(status, ERR_INVALID, "send: headers must be texts by name");
      size_t pair = value_begin_list(out);
      value_put_text(out, lua_tostring(L, -2));
      value_put_bytes(out, bytes, len);
      value_end(out, pair, 2);
      count++;
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
  value_end(out, list, count);
  return OK;
}

int plugin_request_put(lua_State *L, struct buf *out, struct status *status) {
  if (!lua_istable(L, 1))
    return status_fail(status, ERR_INVALID,
                       "send must return a request: { method =, url =, body = }");
  size_t map = value_begin_map(out);
  if (put_bytes(L, "body", "", out, status) != OK) return status->code;
  if (put_headers(L, out, status) != OK) return status->code;
  if (put_bytes(L, "method", "POST", out, status) != OK) return status->code;
  if (put_bytes(L, "url", NULL, out, status) != OK) return status->code;
  value_end(out, map, 4);
  return OK;
}
