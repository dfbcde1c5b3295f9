#include "sim/query.h"

#include <lauxlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/catalog.h"
#include "care/facts.h"
#include "run/run.h"
#include "script/values.h"

static const char *keep(struct sim_queries *queries, lua_State *L, const char *sql) {
  for (int i = 0; i < queries->count; i++)
    if (!strcmp(queries->texts[i], sql)) return queries->texts[i];
  if (queries->count == SIM_QUERIES)
    luaL_error(L, "more than %d different queries", SIM_QUERIES);
  return queries->texts[queries->count++] = mem_copy_text(sql);
}

// Encoded bodies come as tables, everything else as it is.
static void push_column(lua_State *L, struct stmt *row, int column) {
  size_t len;
  struct value view;
  struct status status = {0};
  const char *name = stmt_name(row, column);
  if (stmt_null(row, column))
    lua_pushnil(L);
  else if (!strncmp(name, "b_", 2)) {
    const char *bytes = stmt_bytes(row, column, &len);
    if (!value_read(bytes, len, &view) || values_push(L, &view, &status)) lua_pushnil(L);
  } else if (!strncmp(name, "i_", 2))
    lua_pushinteger(L, stmt_int(row, column));
  else
    lua_pushstring(L, stmt_text(row, column));
  lua_setfield(L, -2,
               !strncmp(name, "b_", 2) || !strncmp(name, "i_", 2) ? name + 2 : name);
}

static struct stmt *query(lua_State *L, struct store *store, const char *sql) {
  int count = lua_gettop(L) - 2;
  bool text = lua_type(L, 3) == LUA_TSTRING;
  if (count <= 0) return store_query(store, sql, "");
  if (count == 1 && text) return store_query(store, sql, "t", lua_tostring(L, 3));
  if (count == 1) return store_query(store, sql, "i", (int64_t)luaL_checkinteger(L, 3));
  if (!text)
    return store_query(store, sql, "it", (int64_t)luaL_checkinteger(L, 3),
                       luaL_checkstring(L, 4));
  return store_query(store, sql, "tt", lua_tostring(L, 3), luaL_checkstring(L, 4));
}

int sim_queries_run(struct sim_queries *queries, lua_State *L, struct store *store) {
  const char *sql = keep(queries, L, luaL_checkstring(L, 2));
  int64_t before = store_version(store);
  struct stmt *rows = query(L, store, sql);
  lua_Integer count = 0;
  lua_newtable(L);
  while (stmt_row(rows)) {
    lua_createtable(L, 0, stmt_columns(rows));
    for (int i = 0; i < stmt_columns(rows); i++) push_column(L, rows, i);
    lua_rawseti(L, -2, ++count);
  }
  stmt_done(rows);
  if (store_version(store) != before) store_touch_all(store);  // a spec that does harm
  return 1;
}

void sim_queries_deinit(struct sim_queries *queries) {
  for (int i = 0; i < queries->count; i++) mem_free(queries->texts[i]);
  queries->count = 0;
}

void sim_state_set(struct care *care, int64_t enrollment, const char *key,
                   const struct value *value) {
  struct subject subject = {care, "", 0, enrollment, 0};
  facts_set(&subject, key, value);
}

int sim_journal_push(lua_State *L, struct store *store, int64_t id) {
  struct run run;
  struct buf journal = {0};
  struct status status = {0};
  if (!run_load(store, id, &run)) return 0;
  run_journal(store, &run, &journal);
  run_deinit(&run);
  lua_pushlstring(L, buf_text(&journal), journal.len);
  buf_deinit(&journal);
  const char *bytes = lua_tostring(L, -1);
  size_t len = lua_rawlen(L, -1), used;
  struct value record;
  lua_newtable(L);
  for (lua_Integer i = 1; len && (used = value_read_front(bytes, len, &record)) > 0;
       i++) {
    if (values_push(L, &record, &status)) return luaL_error(L, "%s", status.text);
    lua_rawseti(L, -2, i);
    bytes += used;
    len -= used;
  }
  return 1;
}

int sim_photos_push(lua_State *L, struct catalog *catalog) {
  struct value form =
      catalog_find(catalog, luaL_checkstring(L, 2), "form", luaL_checkstring(L, 3));
  struct value items = value_field(&form, "items"), item;
  struct value_iter iter = value_iterate(&items);
  lua_newtable(L);
  for (lua_Integer count = 0; value_next(&iter, NULL, &item);) {
    struct value kind = value_field(&item, "kind"), id = value_field(&item, "id");
    if (!value_is(&kind, "photo")) continue;
    lua_pushlstring(L, id.text.data, id.text.len);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}
