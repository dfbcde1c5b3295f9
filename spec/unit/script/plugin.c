// Opens channel plugins to specs: unit.script.plugin(text, channel, config) → plugin with
// send, result, receipt and info; failures give nil and the sentence.
#include "script/plugin.h"

#include <lauxlib.h>

#include "script/values.h"
#include "unit.h"

static const char kind[] = "afterward.unit.plugin";

static int refuse(lua_State *L, const struct status *status) {
  lua_pushnil(L);
  lua_pushstring(L, status->text);
  return 2;
}

static void encode(lua_State *L, int at, struct buf *bytes, struct value *value) {
  struct status status = {0};
  if (values_encode(L, at, NULL, bytes, &status) != OK) luaL_error(L, "%s", status.text);
  value_read_front(bytes->data, bytes->len, value);
}

static int answer(lua_State *L, int code, struct buf *out, struct status *status) {
  struct value value;
  int results = 1;
  if (code != OK || !value_read(out->data, out->len, &value) ||
      values_push(L, &value, status) != OK)
    results = refuse(L, status);
  buf_deinit(out);
  return results;
}

static struct plugin *check(lua_State *L) {
  return *(struct plugin **)luaL_checkudata(L, 1, kind);
}

static int plugin_lua_send(lua_State *L) {
  struct buf message = {0}, out = {0};
  struct value value;
  struct status status = {0};
  encode(L, 2, &message, &value);
  int code = plugin_send(check(L), &value, &out, &status);
  buf_deinit(&message);
  return answer(L, code, &out, &status);
}

static int plugin_lua_result(lua_State *L) {
  struct buf response = {0}, message = {0}, out = {0};
  struct value said, sent;
  struct status status = {0};
  encode(L, 2, &response, &said);
  encode(L, 3, &message, &sent);
  int code = plugin_result(check(L), &said, &sent, &out, &status);
  buf_deinit(&response);
  buf_deinit(&message);
  return answer(L, code, &out, &status);
}

static int plugin_lua_receipt(lua_State *L) {
  struct buf request = {0}, out = {0};
  struct value value;
  struct status status = {0};
  encode(L, 2, &request, &value);
  int code = plugin_receipt(check(L), &value, &out, &status);
  buf_deinit(&request);
  return answer(L, code, &out, &status);
}

static int plugin_lua_info(lua_State *L) {
  const struct plugin_info *info = plugin_info(check(L));
  lua_newtable(L);
  lua_pushstring(L, info->name);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, info->address);
  lua_setfield(L, -2, "address");
  lua_pushinteger(L, info->keyed_ms);
  lua_setfield(L, -2, "keyed");
  lua_pushinteger(L, info->max_length);
  lua_setfield(L, -2, "max_length");
  lua_pushboolean(L, info->receipts);
  lua_setfield(L, -2, "receipts");
  return 1;
}

static int plugin_lua_gc(lua_State *L) {
  plugin_close(check(L));
  return 0;
}

static int open(lua_State *L) {
  struct plugin_source source = {.file = "plugins/demo/plugin.lua"};
  struct buf config = {0};
  struct value value;
  struct status status = {0};
  struct plugin *plugin;
  source.text = luaL_checklstring(L, 1, &source.len);
  encode(L, 3, &config, &value);
  int code = plugin_open(&plugin, &source, luaL_checkstring(L, 2), &value, &status);
  buf_deinit(&config);
  if (code != OK) return refuse(L, &status);
  *(struct plugin **)lua_newuserdatauv(L, sizeof plugin, 0) = plugin;
  luaL_setmetatable(L, kind);
  return 1;
}

void unit_script_plugin(lua_State *L) {
  static const luaL_Reg verbs[] = {
      {"send", plugin_lua_send},       {"result", plugin_lua_result},
      {"receipt", plugin_lua_receipt}, {"info", plugin_lua_info},
      {"__gc", plugin_lua_gc},         {NULL, NULL}};
  luaL_newmetatable(L, kind);
  luaL_setfuncs(L, verbs, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, open);
  lua_setfield(L, -2, "plugin");
}
