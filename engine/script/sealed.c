#include "script/sealed.h"

#include <lauxlib.h>
#include <string.h>

static const char kind[] = "afterward.secret";

struct sealed {
  size_t len, shown_len;
  char bytes[];  // with a NUL, then what is shown of them
};

static int sealed_tostring(lua_State *L) {
  lua_pushliteral(L, "secret");
  return 1;
}

static char *shown_of(struct sealed *sealed) { return sealed->bytes + sealed->len + 1; }

static struct sealed *make(lua_State *L, size_t len, size_t shown_len);

static int sealed_concat(lua_State *L) {
  size_t left_len = 0, right_len = 0, left_shown_len = 0, right_shown_len = 0;
  const char *left = sealed_check(L, 1, &left_len);
  const char *right = sealed_check(L, 2, &right_len);
  const char *left_shown = sealed_shown(L, 1, &left_shown_len);
  const char *right_shown = sealed_shown(L, 2, &right_shown_len);
  struct sealed *both = make(L, left_len + right_len, left_shown_len + right_shown_len);
  memcpy(both->bytes, left, left_len);
  memcpy(both->bytes + left_len, right, right_len);
  memcpy(shown_of(both), left_shown, left_shown_len);
  memcpy(shown_of(both) + left_shown_len, right_shown, right_shown_len);
  return 1;
}

static struct sealed *make(lua_State *L, size_t len, size_t shown_len) {
  struct sealed *sealed = lua_newuserdatauv(L, sizeof *sealed + len + shown_len + 2, 0);
  sealed->len = len;
  sealed->shown_len = shown_len;
  sealed->bytes[len] = '\0';
  shown_of(sealed)[shown_len] = '\0';
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

void sealed_push_shown(lua_State *L, const char *bytes, size_t len, const char *shown,
                       size_t shown_len) {
  struct sealed *sealed = make(L, len, shown_len);
  memcpy(sealed->bytes, bytes, len);
  memcpy(shown_of(sealed), shown, shown_len);
}

void sealed_push(lua_State *L, const char *bytes, size_t len) {
  sealed_push_shown(L, bytes, len, SEALED_MASK, strlen(SEALED_MASK));
}

int sealed_is(lua_State *L, int index) { return luaL_testudata(L, index, kind) != NULL; }

static const char *plain_text(lua_State *L, int index, size_t *len) {
  int type = lua_type(L, index);
  return type == LUA_TSTRING || type == LUA_TNUMBER ? lua_tolstring(L, index, len) : NULL;
}

const char *sealed_bytes(lua_State *L, int index, size_t *len) {
  struct sealed *sealed = luaL_testudata(L, index, kind);
  if (!sealed) return plain_text(L, index, len);
  *len = sealed->len;
  return sealed->bytes;
}

const char *sealed_shown(lua_State *L, int index, size_t *len) {
  struct sealed *sealed = luaL_testudata(L, index, kind);
  if (!sealed) return plain_text(L, index, len);
  *len = sealed->shown_len;
  return shown_of(sealed);
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
