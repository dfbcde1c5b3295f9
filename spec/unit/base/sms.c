// base/sms.h for specs.
#include <lauxlib.h>
#include <lua.h>

#include "base/sms.h"

void unit_base_sms(lua_State *L);

// sms(text): units, parts, units of each, whether GSM-7
static int sms(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct sms_size size = sms_size_of(text, len);
  lua_pushinteger(L, size.units);
  lua_pushinteger(L, size.parts);
  lua_pushinteger(L, size.each);
  lua_pushboolean(L, size.gsm);
  return 4;
}

void unit_base_sms(lua_State *L) {
  lua_pushcfunction(L, sms);
  lua_setfield(L, -2, "sms");
}
