#include "sim/cohort.h"

#include <lauxlib.h>
#include <string.h>

#include "base/mem.h"
#include "import/list.h"
#include "script/table_file.h"
#include "script/values.h"
#include "sim/embed.h"

enum { EVENTS = 1, BAD = 2 };  // places of the two lists, counted from base

struct cohort {
  struct import_map *map;
  struct import_list list;
  struct buf table, json, event;
  int base;
};

static int read_map(const char *file, struct buf *table, struct status *status) {
  if (file) return table_file_read(file, table, status);
  const struct embedded *usual = sim_embed_find("map.lua");
  struct buf text = {0};
  buf_put(&text, usual->text, usual->length);
  int code = table_file_parse("map.lua", &text, table, status);
  buf_deinit(&text);
  return code;
}

static void add_bad(lua_State *L, const struct cohort *cohort, const char *column,
                    const char *reason) {
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, cohort->list.csv.row_line);
  lua_setfield(L, -2, "line");
  lua_pushstring(L, column);
  lua_setfield(L, -2, "column");
  lua_pushstring(L, reason);
  lua_setfield(L, -2, "reason");
  lua_rawseti(L, cohort->base + BAD, luaL_len(L, cohort->base + BAD) + 1);
}

static int push_event(lua_State *L, struct cohort *cohort, struct status *status) {
  struct value view;
  buf_clear(&cohort->event);
  if (value_from_json(&cohort->event, cohort->json.data, cohort->json.len, status))
    return status->code;
  value_read(cohort->event.data, cohort->event.len, &view);
  if (values_push(L, &view, status)) return status->code;
  lua_rawseti(L, cohort->base + EVENTS, luaL_len(L, cohort->base + EVENTS) + 1);
  return OK;
}

static void take_row(lua_State *L, struct cohort *cohort) {
  struct status why = {0};
  const char *column = "";
  buf_clear(&cohort->json);
  if (import_list_cells(&cohort->list, &why) ||
      import_map_row(cohort->map, cohort->list.cells, cohort->list.csv.fields,
                     &cohort->json, &column, &why) ||
      push_event(L, cohort, &why))
    add_bad(L, cohort, column, why.text);
}

static int read_rows(lua_State *L, struct cohort *cohort, const char *file,
                     const char *map, struct status *status) {
  struct value view;
  if (read_map(map, &cohort->table, status)) return status->code;
  value_read(buf_text(&cohort->table), cohort->table.len, &view);
  if (import_map_new(&cohort->map, &view, status) ||
      import_list_open(&cohort->list, file, NULL, cohort->map, status))
    return status->code;
  while (import_list_next(&cohort->list)) take_row(L, cohort);
  return OK;
}

int sim_cohort_read(lua_State *L) {
  struct status status = {0};
  const char *file = luaL_checkstring(L, 1), *map = luaL_optstring(L, 2, NULL);
  struct cohort *cohort = mem_alloc(sizeof *cohort);
  cohort->base = lua_gettop(L);
  lua_newtable(L);
  lua_newtable(L);
  int code = read_rows(L, cohort, file, map, &status);
  import_list_close(&cohort->list);
  import_map_free(cohort->map);
  buf_deinit(&cohort->table);
  buf_deinit(&cohort->json);
  buf_deinit(&cohort->event);
  mem_free(cohort);
  return code ? luaL_error(L, "%s", status.text) : 2;
}
