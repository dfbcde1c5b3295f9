#include "script/plugin_json.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "script/sandbox.h"
#include "script/sealed.h"
#include "script/values.h"

enum { DEPTH = 32, KEYS = 256, LONGEST = 256 * 1024 };
static const char box_kind[] = "afterward.box";

struct writer {
  struct buf *out;
  int depth, hidden;
  const char *(*text)(lua_State *L, int index, size_t *len);  // sealed_bytes, or _shown
};

static int box_gc(lua_State *L) {
  buf_deinit(luaL_checkudata(L, 1, box_kind));
  return 0;
}

struct buf *plugin_box(lua_State *L) {
  struct buf *buf = lua_newuserdatauv(L, sizeof *buf, 0);
  memset(buf, 0, sizeof *buf);
  if (luaL_newmetatable(L, box_kind)) {
    lua_pushcfunction(L, box_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushliteral(L, "box");
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
  return buf;
}

static void put_text(struct buf *out, const char *bytes, size_t len) {
  struct value text = {.kind = VALUE_TEXT, .text = {bytes, len}};
  value_to_json(out, &text);
}

static void put_number(lua_State *L, struct buf *out, int index) {
  struct value number = {.kind = VALUE_INT};
  if (lua_isinteger(L, index)) {
    number.integer = lua_tointeger(L, index);
  } else {
    number.kind = VALUE_REAL;
    number.real = lua_tonumber(L, index);
    if (!isfinite(number.real)) luaL_error(L, "json: a number that is no number");
  }
  value_to_json(out, &number);
}

static void put_any(lua_State *L, struct writer *writer, int index);

static void put_list(lua_State *L, struct writer *writer, int index, lua_Unsigned count) {
  buf_putc(writer->out, '[');
  for (lua_Unsigned i = 1; i <= count; i++) {
    if (i > 1) buf_putc(writer->out, ',');
    lua_rawgeti(L, index, (lua_Integer)i);
    put_any(L, writer, lua_gettop(L));
    lua_pop(L, 1);
  }
  buf_putc(writer->out, ']');
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The keys stay alive in the table.
static size_t sorted_keys(lua_State *L, int index, const char *keys[KEYS]) {
  size_t count = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "json: a key that is no text");
    if (count == KEYS) luaL_error(L, "json: more than %d keys", KEYS);
    keys[count++] = lua_tostring(L, -1);
  }
  if (count) qsort(keys, count, sizeof *keys, by_text);
  return count;
}

static void put_map(lua_State *L, struct writer *writer, int index) {
  const char *keys[KEYS];
  size_t count = sorted_keys(L, index, keys);
  buf_putc(writer->out, '{');
  for (size_t i = 0; i < count; i++) {
    if (i) buf_putc(writer->out, ',');
    put_text(writer->out, keys[i], strlen(keys[i]));
    buf_putc(writer->out, ':');
    lua_pushstring(L, keys[i]);
    lua_rawget(L, index);
    put_any(L, writer, lua_gettop(L));
    lua_pop(L, 1);
  }
  buf_putc(writer->out, '}');
}

static void put_table(lua_State *L, struct writer *writer, int index) {
  luaL_checkstack(L, 6, "json: too deep");
  if (++writer->depth > DEPTH) luaL_error(L, "json: more than %d tables deep", DEPTH);
  lua_Unsigned count = lua_rawlen(L, index);
  if (count)
    put_list(L, writer, index, count);
  else
    put_map(L, writer, index);
  writer->depth--;
}

static void put_any(lua_State *L, struct writer *writer, int index) {
  size_t len;
  sandbox_charge(L, 16);
  if (writer->out->len > LONGEST) luaL_error(L, "json: more than %d bytes", LONGEST);
  switch (lua_type(L, index)) {
    case LUA_TNIL: buf_puts(writer->out, "null"); break;
    case LUA_TBOOLEAN:
      buf_puts(writer->out, lua_toboolean(L, index) ? "true" : "false");
      break;
    case LUA_TNUMBER: put_number(L, writer->out, index); break;
    case LUA_TTABLE: put_table(L, writer, index); break;
    default: {
      const char *bytes = writer->text(L, index, &len);
      if (!bytes) luaL_error(L, "json: a %s can't be written", luaL_typename(L, index));
      writer->hidden |= sealed_is(L, index);
      put_text(writer->out, bytes, len);
    }
  }
}

int plugin_json_encode(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  struct writer writer = {.out = plugin_box(L), .text = sealed_bytes};
  put_any(L, &writer, 1);
  if (!writer.hidden) {
    lua_pushlstring(L, buf_text(writer.out), writer.out->len);
    return 1;
  }
  struct writer masked = {.out = plugin_box(L), .text = sealed_shown};
  put_any(L, &masked, 1);
  sealed_push_shown(L, buf_text(writer.out), writer.out->len, buf_text(masked.out),
                    masked.out->len);
  return 1;
}

int plugin_json_decode(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct status status = {0};
  sandbox_charge(L, len);
  struct buf *encoded = plugin_box(L);
  struct value value;
  if (value_from_json(encoded, text, len, &status) == OK &&
      value_read(encoded->data, encoded->len, &value) &&
      values_push(L, &value, &status) == OK)
    return 1;
  lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}
