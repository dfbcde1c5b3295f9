#include <lauxlib.h>

#include "script/values.h"
#include "unit.h"

static int encode(lua_State *L) {
  struct buf out = {0};
  struct status status = {0};
  int code = values_encode(L, 1, luaL_optstring(L, 2, NULL), &out, &status);
  if (code == OK)
    lua_pushlstring(L, buf_text(&out), out.len);
  else
    lua_pushnil(L);
  if (code != OK && out.len > 0) status_fail(&status, ERR_INTERNAL, "bytes were left");
  buf_deinit(&out);
  lua_pushstring(L, status.text);
  return 2;
}

static int decode(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  struct value value;
  struct status status = {0};
  if (value_read(bytes, len, &value) && values_push(L, &value, &status) == OK) return 1;
  lua_pushnil(L);
  lua_pushstring(L, status.code == OK ? "malformed" : status.text);
  return 2;
}

void unit_script_values(lua_State *L) {
  lua_pushcfunction(L, encode);
  lua_setfield(L, -2, "encode");
  lua_pushcfunction(L, decode);
  lua_setfield(L, -2, "decode");
}
