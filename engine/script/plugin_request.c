#include "script/plugin_request.h"

#include <string.h>

#include "base/value.h"
#include "script/sealed.h"
#include "script/values.h"

enum { REQUEST_LONGEST = 512 * 1024 };

typedef const char *text_of(lua_State *L, int index, size_t *len);

// A field of the request's table.
static int put_bytes(lua_State *L, int index, const char *key, const char *otherwise,
                     text_of *text, struct buf *out, struct status *status) {
  size_t len = otherwise ? strlen(otherwise) : 0;
  lua_getfield(L, index, key);
  const char *bytes = lua_isnil(L, -1) ? otherwise : text(L, -1, &len);
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

static int put_headers(lua_State *L, int index, text_of *text, struct buf *out,
                       struct status *status) {
  uint32_t count = 0;
  value_put_key(out, "headers");
  size_t list = value_begin_list(out);
  lua_getfield(L, index, "headers");
  if (lua_istable(L, -1)) {
    lua_pushnil(L);
    while (lua_next(L, -2)) {
      size_t len;
      const char *bytes = text(L, -1, &len);
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

static bool has_secret(lua_State *L, int index) {
  bool found = false;
  lua_getfield(L, index, "body");
  lua_getfield(L, index, "url");
  found = sealed_is(L, -1) || sealed_is(L, -2);
  lua_getfield(L, index, "headers");
  if (lua_istable(L, -1)) {
    lua_pushnil(L);
    while (lua_next(L, -2)) {
      found |= sealed_is(L, -1);
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 3);
  return found;
}

static int put_shown(lua_State *L, int index, struct buf *out, struct status *status) {
  value_put_key(out, "shown");
  size_t map = value_begin_map(out);
  if (put_bytes(L, index, "body", "", sealed_shown, out, status) ||
      put_headers(L, index, sealed_shown, out, status) ||
      put_bytes(L, index, "url", NULL, sealed_shown, out, status))
    return status->code;
  value_end(out, map, 3);
  return OK;
}

static int put_mail_to(lua_State *L, int index, struct buf *out, struct status *status) {
  int code = OK;
  lua_getfield(L, index, "to");
  if (!lua_istable(L, -1) || !lua_rawlen(L, -1))
    code = status_fail(status, ERR_INVALID,
                       "send: mail.to of the request must be a list of addresses");
  value_put_key(out, "to");
  if (!code) code = values_encode(L, -1, "mail.to", out, status);
  lua_pop(L, 1);
  return code;
}

// Of a request to smtp://: envelope and login.
static int put_mail(lua_State *L, int index, struct buf *out, struct status *status) {
  value_put_key(out, "mail");
  size_t map = value_begin_map(out);
  if (put_bytes(L, index, "from", NULL, sealed_bytes, out, status) ||
      put_bytes(L, index, "password", "", sealed_bytes, out, status) ||
      put_bytes(L, index, "tls", "", sealed_bytes, out, status) ||
      put_mail_to(L, index, out, status) ||
      put_bytes(L, index, "user", "", sealed_bytes, out, status))
    return status->code;
  value_end(out, map, 5);
  return OK;
}

static int put_optional(lua_State *L, int index, uint32_t *count, struct buf *out,
                        struct status *status) {
  int code = OK;
  lua_getfield(L, index, "mail");
  if (lua_istable(L, -1)) {
    code = put_mail(L, lua_gettop(L), out, status);
    (*count)++;
  }
  lua_pop(L, 1);
  return code;
}

int plugin_request_put(lua_State *L, int index, struct buf *out, struct status *status) {
  uint32_t count = 6;
  if (!lua_istable(L, index))
    return status_fail(status, ERR_INVALID,
                       "send must return a request: { method =, url =, body = }");
  size_t map = value_begin_map(out);
  if (put_bytes(L, index, "body", "", sealed_bytes, out, status) ||
      put_headers(L, index, sealed_bytes, out, status) ||
      put_optional(L, index, &count, out, status) ||
      put_bytes(L, index, "method", "POST", sealed_bytes, out, status))
    return status->code;
  lua_getfield(L, index, "safe");
  value_put_key(out, "safe");
  value_put_bool(out, lua_toboolean(L, -1));
  lua_pop(L, 1);
  if (has_secret(L, index)) {
    if (put_shown(L, index, out, status)) return status->code;
    count++;
  }
  if (put_bytes(L, index, "step", "", sealed_bytes, out, status) ||
      put_bytes(L, index, "url", NULL, sealed_bytes, out, status))
    return status->code;
  value_end(out, map, count);
  return OK;
}
