#include "script/sealed.h"

#include <lauxlib.h>
#include <string.h>

static const char kind[] = "afterward.secret";

struct sealed {
  size_t len;
  char bytes[];
};

static int sealed_tostring(lua_State *L) {
  lua_pushliteral(L, "secret");
  return 1;
}

static struct sealed *make(lua_State *L, size_t len);

static int sealed_concat(lua_State *L) {
  size_t left_len = 0, right_len = 0;
  const char *left = sealed_check(L, 1, &left_len);
  const char *right = sealed_check(L, 2, &right_len);
  struct sealed *both = make(L, left_len + right_len);
  memcpy(both->bytes, left, left_len);
  memcpy(both->bytes + left_len, right, right_len);
  return 1;
}

static struct sealed *make(lua_State *L, size_t len) {
  struct sealed *sealed = lua_newuserdatauv(L, sizeof *sealed + len + 1, 0);
  sealed->len = len;
  sealed->bytes[len] = '\0';
  if (luaL_newmetatable(L, kind)) {
    lua_pushcfunction(L, sealed_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, sealed_concat);
    lua_setfield(L, -2, "__concat");
    lua_pushliteral(L, "secret");
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
  return sealed;
}

void sealed_push(lua_State *L, const char *bytes, size_t len) {
  memcpy(make(L, len)->bytes, bytes, len);
}

int sealed_is(lua_State *L, int index) { return luaL_testudata(L, index, kind) != NULL; }

const char *sealed_bytes(lua_State *L, int index, size_t *len) {
  struct sealed *sealed = luaL_testudata(L, index, kind);
  if (sealed) {
    *len = sealed->len;
    return sealed->bytes;
  }
  int type = lua_type(L, index);
  return type == LUA_TSTRING || type == LUA_TNUMBER ? lua_tolstring(L, index, len) : NULL;
}

const char *sealed_check(lua_State *L, int index, size_t *len) {
  const char *bytes = sealed_bytes(L, index, len);
  if (!bytes) luaL_typeerror(L, index, "text or secret");
  return bytes;
}

void sealed_push_as(lua_State *L, const char *bytes, size_t len, int hidden) {
  if (hidden)
    sealed_push(L, bytes, len);
  else
    lua_pushlstring(L, bytes, len);
}
