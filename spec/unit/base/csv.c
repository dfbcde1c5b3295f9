// Opens CSV and character sets to specs: unit.base.csv, unit.base.charset,
// unit.base.nearest.
#include "base/csv.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "base/charset.h"
#include "base/nearest.h"

void unit_base_csv(lua_State *L);

static void push_row(lua_State *L, const struct csv *csv) {
  struct status status = {0};
  lua_newtable(L);
  lua_pushinteger(L, csv->row_line);
  lua_setfield(L, -2, "line");
  lua_pushlstring(L, buf_text(&csv->raw), csv->raw.len);
  lua_setfield(L, -2, "raw");
  if (csv_check(csv, &status)) {
    lua_pushstring(L, status.text);
    lua_setfield(L, -2, "wrong");
    return;
  }
  for (int i = 0; i < csv->fields; i++) {
    size_t len;
    const char *field = csv_field(csv, i, &len);
    lua_pushlstring(L, field, len);
    lua_rawseti(L, -2, i + 1);
  }
}

// rows(text, size of the pieces, delimiter)
static int rows(lua_State *L) {
  size_t len, piece, row = 0;
  const char *text = luaL_checklstring(L, 1, &len);
  piece = (size_t)luaL_optinteger(L, 2, 4096);
  struct csv csv;
  csv_init(&csv, *luaL_optstring(L, 3, ","));
  lua_newtable(L);
  for (size_t at = 0; at < len;) {
    size_t size = len - at < piece ? len - at : piece;
    at += csv_read(&csv, text + at, size);
    if (!csv.whole) continue;
    push_row(L, &csv);
    lua_rawseti(L, -2, (lua_Integer)++row);
  }
  if (csv_finish(&csv)) {
    push_row(L, &csv);
    lua_rawseti(L, -2, (lua_Integer)++row);
  }
  csv_deinit(&csv);
  return 1;
}

static int put(lua_State *L) {
  size_t len;
  const char *field = luaL_checklstring(L, 1, &len);
  struct buf out = {0};
  csv_put(&out, ',', field, len);
  lua_pushlstring(L, buf_text(&out), out.len);
  buf_deinit(&out);
  return 1;
}

static int push_status(lua_State *L, const struct status *status) {
  lua_pushnil(L);
  lua_pushstring(L, status->text);
  return 2;
}

// found(text, size of the pieces): the encoding's name, or nil and why
static int found(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  size_t piece = (size_t)luaL_optinteger(L, 2, 4096);
  struct charset_probe probe = {0};
  struct status status = {0};
  enum charset_kind kind;
  for (size_t at = 0; at < len; at += piece)
    charset_probe(&probe, text + at, len - at < piece ? len - at : piece);
  if (charset_found(&probe, &kind, &status)) return push_status(L, &status);
  lua_pushstring(L, charset_name(kind));
  lua_pushboolean(L, probe.marked);
  return 2;
}

// convert(text, encoding, to_utf8)
static int convert(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  enum charset_kind kind;
  struct buf out = {0};
  struct status status = {0};
  if (!charset_parse(luaL_checkstring(L, 2), &kind))
    return luaL_argerror(L, 2, "unknown");
  struct charset *charset = charset_new(kind, lua_toboolean(L, 3));
  int code = charset_convert(charset, text, len, &out, &status);
  charset_free(charset);
  lua_pushlstring(L, buf_text(&out), out.len);
  buf_deinit(&out);
  return code ? push_status(L, &status) : 1;
}

// nearest(word, known words …): the end of a sentence
static int nearest(lua_State *L) {
  struct nearest state;
  struct buf out = {0};
  size_t len;
  const char *word = luaL_checklstring(L, 1, &len);
  nearest_start(&state, word, len);
  for (int i = 2; i <= lua_gettop(L); i++) {
    const char *known = luaL_checklstring(L, i, &len);
    nearest_offer(&state, known, len);
  }
  nearest_put(&state, &out);
  lua_pushstring(L, buf_text(&out));
  buf_deinit(&out);
  return 1;
}

static void put_functions(lua_State *L, const char *name, const luaL_Reg *functions) {
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_setfield(L, -2, name);
}

void unit_base_csv(lua_State *L) {
  static const luaL_Reg csv[] = {{"rows", rows}, {"put", put}, {NULL, NULL}};
  static const luaL_Reg charset[] = {
      {"found", found}, {"convert", convert}, {NULL, NULL}};
  put_functions(L, "csv", csv);
  put_functions(L, "charset", charset);
  lua_pushcfunction(L, nearest);
  lua_setfield(L, -2, "nearest");
}
