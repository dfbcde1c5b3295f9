// Opens reply_read.h to specs: unit.care.reply.item(item as JSON, text) → JSON | nil;
// .word(text) → word.
#include <lauxlib.h>
#include <lua.h>

#include "care/reply_read.h"

void unit_care_reply(lua_State *L);

static int item(lua_State *L) {
  size_t json_len, len;
  const char *json = luaL_checklstring(L, 1, &json_len);
  const char *text = luaL_checklstring(L, 2, &len);
  struct buf bytes = {0}, out = {0}, shown = {0};
  struct value view, given;
  struct status status = {0};
  if (value_from_json(&bytes, json, json_len, &status))
    return luaL_error(L, "%s", status.text);
  value_read(bytes.data, bytes.len, &view);
  struct value options = value_field(&view, "options");
  bool found = reply_read_item(&view, &options, text, len, &out);
  if (found && value_read(out.data, out.len, &given)) value_to_json(&shown, &given);
  lua_pushnil(L);
  if (shown.len) lua_pushlstring(L, buf_text(&shown), shown.len);
  buf_deinit(&bytes);
  buf_deinit(&out);
  buf_deinit(&shown);
  return 1;
}

static int word(lua_State *L) {
  static const char *const words[] = {"other", "stop", "stop all", "wrong number"};
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_pushstring(L, words[reply_word(text, len)]);
  return 1;
}

void unit_care_reply(lua_State *L) {
  static const luaL_Reg functions[] = {{"item", item}, {"word", word}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "reply");
}
