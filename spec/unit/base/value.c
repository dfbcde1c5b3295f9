// Opens canonical values to specs as strings of their encoding: unit.base.value.
#include "base/value.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "base/digest.h"

void unit_base_value(lua_State *L);

static int push_buf(lua_State *L, struct buf *buf) {
  lua_pushlstring(L, buf_text(buf), buf->len);
  buf_deinit(buf);
  return 1;
}

static struct value check_value(lua_State *L, int at) {
  size_t len;
  const char *bytes = luaL_checklstring(L, at, &len);
  struct value value;
  if (value_read_front(bytes, len, &value) != len) luaL_argerror(L, at, "no value");
  return value;
}

static int push_value(lua_State *L, const struct value *value) {
  struct buf buf = {0};
  value_put(&buf, value);
  return push_buf(L, &buf);
}

static int from_json(lua_State *L) {
  size_t len;
  const char *json = luaL_checklstring(L, 1, &len);
  struct status status = {0};
  struct buf buf = {0};
  if (value_from_json(&buf, json, len, &status) == 0) return push_buf(L, &buf);
  buf_deinit(&buf);
  lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}

static int to_json(lua_State *L) {
  struct value value = check_value(L, 1);
  struct buf buf = {0};
  value_to_json(&buf, &value);
  return push_buf(L, &buf);
}

static int put_int(lua_State *L) {
  struct buf buf = {0};
  value_put_int(&buf, luaL_checkinteger(L, 1));
  return push_buf(L, &buf);
}

static int put_real(lua_State *L) {
  struct buf buf = {0};
  value_put_real(&buf, luaL_checknumber(L, 1));
  return push_buf(L, &buf);
}

static int put_text(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  struct buf buf = {0};
  value_put_bytes(&buf, bytes, len);
  return push_buf(L, &buf);
}

// map("a", encoded, "b", encoded …): puts what it is given, in that order.
static int put_map(lua_State *L) {
  int top = lua_gettop(L);
  for (int i = 1; i <= top; i++) luaL_checkstring(L, i);
  struct buf buf = {0};
  size_t begun = value_begin_map(&buf);
  for (int i = 1; i < top; i += 2) {
    size_t len, key_len;
    const char *key = lua_tolstring(L, i, &key_len),
               *item = lua_tolstring(L, i + 1, &len);
    value_put_key_bytes(&buf, key, key_len);
    buf_put(&buf, item, len);
  }
  value_end(&buf, begun, (uint32_t)top / 2);
  return push_buf(L, &buf);
}

static int nested(lua_State *L) {
  size_t begun[256], depth = (size_t)luaL_checkinteger(L, 1);
  luaL_argcheck(L, depth > 0 && depth <= 256, 1, "1 to 256");
  struct buf buf = {0};
  for (size_t i = 0; i < depth; i++) begun[i] = value_begin_list(&buf);
  for (size_t i = depth; i > 0; i--) value_end(&buf, begun[i - 1], i < depth);
  return push_buf(L, &buf);
}

// Reads from a heap copy of the exact size, so that the sanitizer sees a byte too far.
static int reads(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  char *copy = lua_newuserdatauv(L, len > 0 ? len : 1, 0);
  struct value value;
  if (len > 0) memcpy(copy, bytes, len);
  lua_pushboolean(L, value_read(copy, len, &value));
  return 1;
}

// Writes out whatever value_read_front lets through, without value_read's check.
static int wade(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  char *copy = lua_newuserdatauv(L, len > 0 ? len : 1, 0);
  struct value value;
  struct buf buf = {0};
  if (len > 0) memcpy(copy, bytes, len);
  value_read_front(copy, len, &value);
  value_to_json(&buf, &value);
  struct value field = value_field(&value, "b"), item = value_at(&value, 1);
  push_buf(L, &buf);
  lua_pushboolean(L, value_true(&field) || value_true(&item));
  return 2;
}

static int field(lua_State *L) {
  struct value map = check_value(L, 1), item = value_field(&map, luaL_checkstring(L, 2));
  return push_value(L, &item);
}

static int item_at(lua_State *L) {
  struct value list = check_value(L, 1);
  struct value item = value_at(&list, (uint32_t)luaL_checkinteger(L, 2));
  return push_value(L, &item);
}

static int int_or(lua_State *L) {
  struct value value = check_value(L, 1);
  lua_pushinteger(L, value_int_or(&value, luaL_checkinteger(L, 2)));
  return 1;
}

static int hash(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  char hex[33];
  digest_hex(bytes, len, hex);
  lua_pushstring(L, hex);
  return 1;
}

static int random_id(lua_State *L) {
  char id[17];
  digest_random_id(id);
  lua_pushstring(L, id);
  return 1;
}

static int equal(lua_State *L) {
  size_t a_len, b_len;
  const char *a = luaL_checklstring(L, 1, &a_len), *b = luaL_checklstring(L, 2, &b_len);
  lua_pushboolean(L, digest_equal(a, a_len, b, b_len));
  return 1;
}

void unit_base_value(lua_State *L) {
  static const luaL_Reg verbs[] = {{"from_json", from_json}, {"to_json", to_json},
                                   {"int", put_int},         {"real", put_real},
                                   {"text", put_text},       {"map", put_map},
                                   {"nested", nested},       {"reads", reads},
                                   {"wade", wade},           {"field", field},
                                   {"at", item_at},          {"int_or", int_or},
                                   {"digest", hash},         {"id", random_id},
                                   {"equal", equal},         {NULL, NULL}};
  luaL_newlib(L, verbs);
  lua_setfield(L, -2, "value");
}
