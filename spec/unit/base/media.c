// base/media.h for specs.
#include "base/media.h"

#include <lauxlib.h>
#include <lua.h>

void unit_base_media(lua_State *L);

// media(bytes): its word and what is kept of it; nil when it is nothing, or damaged
static int media(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  const struct media *found = media_of(bytes, len);
  struct buf out = {0};
  if (!found || !media_clean(found, bytes, len, &out)) return 0;
  lua_pushstring(L, found->word);
  lua_pushlstring(L, buf_text(&out), out.len);
  buf_deinit(&out);
  return 2;
}

void unit_base_media(lua_State *L) {
  lua_pushcfunction(L, media);
  lua_setfield(L, -2, "media");
}
