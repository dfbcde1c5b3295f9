// host.table, host.plain and host.json: a CSV or JSON file among the sources, as Excel
// saves it, for the engine's Lua files.
#include <string.h>

#include "base/charset.h"
#include "base/csv.h"
#include "script/bundle_parts.h"
#include "script/values.h"

struct table {
  struct csv csv;
  struct buf text;  // UTF-8
  struct status status;
};

static int table_free(lua_State *L) {
  struct table *table = lua_touserdata(L, 1);
  csv_deinit(&table->csv);
  buf_deinit(&table->text);
  return 0;
}

// A table that is freed also when something is raised; stays on the stack.
static struct table *new_table(lua_State *L) {
  struct table *table = lua_newuserdatauv(L, sizeof *table, 0);
  memset(table, 0, sizeof *table);
  csv_init(&table->csv, 0);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, table_free);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  return table;
}

static int decode(struct table *table, const struct source *source) {
  struct charset_probe probe = {0};
  enum charset_kind kind;
  charset_probe(&probe, source->text, source->len);
  int code = charset_found(&probe, &kind, &table->status);
  if (code) return code;
  size_t mark = probe.marked && kind == CHARSET_UTF8 ? 3 : 0;
  struct charset *charset = charset_new(kind, true);
  code = charset_convert(charset, source->text + mark, source->len - mark, &table->text,
                         &table->status);
  charset_free(charset);
  return code;
}

// Adds { line =, cell, … } to the list on top.
static int add_row(lua_State *L, struct table *table) {
  if (csv_check(&table->csv, &table->status))
    return status_prefix(&table->status, "line %ld", table->csv.row_line);
  lua_createtable(L, table->csv.fields, 1);
  lua_pushinteger(L, table->csv.row_line);
  lua_setfield(L, -2, "line");
  for (int i = 0; i < table->csv.fields; i++) {
    size_t len;
    const char *field = csv_field(&table->csv, i, &len);
    lua_pushlstring(L, field, len);
    lua_rawseti(L, -2, i + 1);
  }
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  return OK;
}

static int read_rows(lua_State *L, struct table *table) {
  size_t at = 0;
  while (at < table->text.len) {
    at += csv_read(&table->csv, table->text.data + at, table->text.len - at);
    if (table->csv.whole && add_row(L, table)) return table->status.code;
  }
  return csv_finish(&table->csv) ? add_row(L, table) : OK;
}

static const struct source *named_source(lua_State *L) {
  const struct bundle *bundle = lua_touserdata(L, lua_upvalueindex(1));
  const struct source *source = bundle_find_source(bundle, luaL_checkstring(L, 1));
  luaL_argcheck(L, source, 1, "no such source");
  return source;
}

static int host_table(lua_State *L) {
  const struct source *source = named_source(L);
  struct table *table = new_table(L);
  lua_newtable(L);
  if (decode(table, source) == OK && read_rows(L, table) == OK) return 1;
  lua_pushnil(L);
  lua_pushstring(L, table->status.text);
  return 2;
}

static int host_plain(lua_State *L) {
  const struct source *source = named_source(L);
  struct table *table = new_table(L);
  if (decode(table, source) == OK)
    lua_pushlstring(L, buf_text(&table->text), table->text.len);
  else
    lua_pushlstring(L, source->text, source->len);
  return 1;
}

// json(path): what a JSON file among the sources says, or nil and why.
static int host_json(lua_State *L) {
  const struct source *source = named_source(L);
  struct buf encoded = {0};
  struct status status = {0};
  struct value value;
  int code = value_from_json(&encoded, source->text, source->len, &status);
  if (!code && !value_read_front(encoded.data, encoded.len, &value))
    code = status_fail(&status, ERR_INTERNAL, "what was read can't be read again");
  if (!code) code = values_push(L, &value, &status);
  buf_deinit(&encoded);
  if (!code) return 1;
  lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}

void bundle_add_table(lua_State *L, struct bundle *bundle) {
  lua_pushlightuserdata(L, bundle);
  lua_pushcclosure(L, host_table, 1);
  lua_setfield(L, -2, "table");
  lua_pushlightuserdata(L, bundle);
  lua_pushcclosure(L, host_plain, 1);
  lua_setfield(L, -2, "plain");
  lua_pushlightuserdata(L, bundle);
  lua_pushcclosure(L, host_json, 1);
  lua_setfield(L, -2, "json");
}
