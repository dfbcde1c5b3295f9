// A ward without patients' messages and scripts, for specs of tasks and alerts: an
// in-memory store, a set clock, a catalog from JSON.
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "base/iso.h"
#include "base/mem.h"
#include "base/span.h"
#include "care/alert.h"
#include "care/care.h"
#include "care/question.h"
#include "care/task.h"

void unit_care_work(lua_State *L);

static const char kind[] = "afterward.unit.care.work";

struct world {
  struct clock clock;
  struct zones zones;
  struct site site;
  struct care care;
  struct buf reply;  // of the last submission
  int submitted;
};

static void ignore(void *self, struct work *work) {
  (void)self;
  (void)work;
}

static struct world *check_world(lua_State *L) { return luaL_checkudata(L, 1, kind); }

static int64_t moment(lua_State *L, struct world *world, const char *text) {
  struct status status = {0};
  int64_t ms = 0;
  const struct zone *zone = NULL;
  if (zones_find(&world->zones, "Asia/Shanghai", &zone, &status) ||
      iso_parse(text, zone, &ms, &status))
    luaL_error(L, "%s", status.text);
  return ms;
}

static int put_definitions(struct world *world, const char *department, const char *json,
                           struct status *status) {
  struct buf body = {0};
  int code = value_from_json(&body, json, strlen(json), status);
  if (!code)
    code = catalog_put(world->care.catalog, department, 1, body.data, body.len, status);
  buf_deinit(&body);
  return code;
}

static int open_parts(struct world *world, const char *department, const char *json,
                      struct status *status) {
  static const struct work_handler nothing = {.apply = ignore};
  struct care *care = &world->care;
  if (store_open(&care->store, ":memory:", status) ||
      kernel_new(&care->kernel, care->store, &world->clock, status))
    return status->code;
  care->catalog = catalog_new();
  care->site = &world->site;
  care->zones = &world->zones;
  for (int i = 0; i < WORK_KINDS; i++)
    kernel_handle(care->kernel, (enum due_kind)i, &nothing, care);
  alert_handlers(care);
  task_handlers(care);
  question_handlers(care);
  return put_definitions(world, department, json, status);
}

// world(department, definitions as JSON, "2026-03-02 16:00")
static int world_new(lua_State *L) {
  const char *department = luaL_checkstring(L, 1), *json = luaL_checkstring(L, 2);
  struct status status = {0};
  struct world *world = lua_newuserdatauv(L, sizeof *world, 0);
  *world = (struct world){0};
  luaL_setmetatable(L, kind);
  zones_init(&world->zones, NULL);
  world->site.zone = mem_copy_text("Asia/Shanghai");
  world->site.overdue_role = mem_copy_text("duty-office");
  clock_init_set(&world->clock, moment(L, world, luaL_checkstring(L, 3)));
  if (open_parts(world, department, json, &status))
    return luaL_error(L, "%s", status.text);
  return 1;
}

static int world_free(lua_State *L) {
  struct world *world = check_world(L);
  kernel_free(world->care.kernel);
  catalog_free(world->care.catalog);
  if (world->care.store) store_close(world->care.store);
  zones_deinit(&world->zones);
  mem_free(world->site.zone);
  mem_free(world->site.overdue_role);
  buf_deinit(&world->reply);
  *world = (struct world){0};
  return 0;
}

static void settle(lua_State *L, struct world *world) {
  struct status status = {0};
  for (int i = 0; i < 10000 && kernel_step(world->care.kernel, &status); i++) continue;
  if (status.code) luaL_error(L, "%s", status.text);
}

static void run_to(lua_State *L, struct world *world, int64_t until) {
  settle(L, world);
  for (int64_t at; (at = kernel_next_due(world->care.kernel)) <= until;) {
    if (at > clock_now(&world->clock)) clock_set(&world->clock, at);
    settle(L, world);
  }
  clock_set(&world->clock, until);
  settle(L, world);
}

// to(time): everything due until then happens
static int world_to(lua_State *L) {
  struct world *world = check_world(L);
  run_to(L, world, moment(L, world, luaL_checkstring(L, 2)));
  return 0;
}

static int world_now(lua_State *L) {
  struct world *world = check_world(L);
  char text[ISO_SIZE];
  iso_format(luaL_checkinteger(L, 2), care_site_zone(&world->care), text);
  text[16] = '\0';
  text[10] = ' ';
  lua_pushstring(L, text);
  return 1;
}

static void push_value(lua_State *L, const struct value *value) {
  struct value key = {0}, item;
  struct value_iter iter = value_iterate(value);
  switch (value->kind) {
    case VALUE_NIL: lua_pushnil(L); return;
    case VALUE_BOOL: lua_pushboolean(L, value->boolean); return;
    case VALUE_INT: lua_pushinteger(L, value->integer); return;
    case VALUE_REAL: lua_pushnumber(L, value->real); return;
    case VALUE_TEXT: lua_pushlstring(L, value->text.data, value->text.len); return;
    default: lua_newtable(L);
  }
  while (value_next(&iter, &key, &item)) {
    if (value->kind == VALUE_LIST)
      lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1) + 1);
    else
      lua_pushlstring(L, key.text.data, key.text.len);
    push_value(L, &item);
    lua_rawset(L, -3);
  }
}

static void keep_reply(void *self, int64_t row, const struct value *result) {
  struct world *world = self;
  (void)row;
  buf_clear(&world->reply);
  value_put(&world->reply, result);
}

// submit(kind, JSON) → the result, {status = 200, …}
static int world_submit(lua_State *L) {
  struct world *world = check_world(L);
  const char *what = luaL_checkstring(L, 2), *json = luaL_checkstring(L, 3);
  struct status status = {0};
  struct buf body = {0};
  struct value view;
  char id[24];
  snprintf(id, sizeof id, "%d", ++world->submitted);
  if (value_from_json(&body, json, strlen(json), &status)) {
    buf_deinit(&body);
    return luaL_error(L, "%s", status.text);
  }
  value_read(body.data, body.len, &view);
  kernel_submit(world->care.kernel, "spec", id, what, &view, INBOX_APPLIED, keep_reply,
                world);
  buf_deinit(&body);
  settle(L, world);
  value_read(buf_text(&world->reply), world->reply.len, &view);
  push_value(L, &view);
  return 1;
}

static const char *field(lua_State *L, int table, const char *name,
                         const char *otherwise) {
  lua_getfield(L, table, name);
  const char *text = luaL_optstring(L, -1, otherwise);
  lua_pop(L, 1);  // the table keeps it
  return text;
}

static int64_t number(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  int64_t value = luaL_optinteger(L, -1, 0);
  lua_pop(L, 1);
  return value;
}

static struct store *begin(lua_State *L, struct world *world) {
  struct status status = {0};
  settle(L, world);
  if (store_begin(world->care.store, &status)) luaL_error(L, "%s", status.text);
  return world->care.store;
}

static void commit(lua_State *L, struct world *world) {
  struct status status = {0};
  if (store_commit(world->care.store, &status)) luaL_error(L, "%s", status.text);
}

// alert{ patient, department, name, level, … } → id
static int world_alert(lua_State *L) {
  struct world *world = check_world(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  struct alert_spec spec = {.patient = number(L, 2, "patient"),
                            .department = field(L, 2, "department", "ortho"),
                            .name = field(L, 2, "name", "red-flags"),
                            .level = field(L, 2, "level", "urgent"),
                            .reason = field(L, 2, "reason", NULL),
                            .escalation = field(L, 2, "escalation", NULL)};
  begin(L, world);
  int64_t id = alert_open(&world->care, &spec);
  commit(L, world);
  lua_pushinteger(L, id);
  return 1;
}

static int64_t due_of(lua_State *L, struct world *world, const struct task_spec *spec,
                      const char *span) {
  struct status status = {0};
  if (!span) return 0;
  int64_t at = task_due(&world->care, spec->department, spec->role, span, &status);
  if (!at) luaL_error(L, "%s", status.text);
  return at;
}

// task{ patient, enrollment, run, name, role, form, due = "8h" } → id
static int world_task(lua_State *L) {
  struct world *world = check_world(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  settle(L, world);
  struct task_spec spec = {.patient = number(L, 2, "patient"),
                           .enrollment = number(L, 2, "enrollment"),
                           .run = number(L, 2, "run"),
                           .question = number(L, 2, "question"),
                           .department = field(L, 2, "department", "ortho"),
                           .name = field(L, 2, "name", "call"),
                           .role = field(L, 2, "role", "nurse"),
                           .form = field(L, 2, "form", NULL),
                           .note = field(L, 2, "note", NULL)};
  spec.due_at = due_of(L, world, &spec, field(L, 2, "due", NULL));
  begin(L, world);
  int64_t id = task_open(&world->care, &spec);
  commit(L, world);
  lua_pushinteger(L, id);
  return 1;
}

// hold(enrollment, true), withdraw(patient, reason), die(patient): what others do to
// tasks and alerts
static int world_hold(lua_State *L) {
  struct world *world = check_world(L);
  int64_t enrollment = luaL_checkinteger(L, 2);
  begin(L, world);
  task_hold_for_enrollment(&world->care, enrollment, lua_toboolean(L, 3));
  commit(L, world);
  return 0;
}

static int world_settle_question(lua_State *L) {
  struct world *world = check_world(L);
  int64_t question = luaL_checkinteger(L, 2), answer = luaL_checkinteger(L, 3);
  begin(L, world);
  task_withdraw_for_question(&world->care, question, answer, "answered");
  commit(L, world);
  return 0;
}

static int world_die(lua_State *L) {
  struct world *world = check_world(L);
  int64_t patient = luaL_checkinteger(L, 2);
  begin(L, world);
  task_withdraw_for_patient(&world->care, patient, "death");
  alert_close_for_patient(&world->care, patient, "death");
  commit(L, world);
  return 0;
}

static int world_result(lua_State *L) {
  struct world *world = check_world(L);
  struct buf out = {0};
  struct value view = {0};
  if (task_result(&world->care, luaL_checkinteger(L, 2), &out))
    value_read(out.data, out.len, &view);
  push_value(L, &view);
  buf_deinit(&out);
  return 1;
}

static int world_duty(lua_State *L) {
  struct world *world = check_world(L);
  char staff[128];
  settle(L, world);
  duty_find(&world->care, "ortho", luaL_checkstring(L, 2), staff, sizeof staff);
  lua_pushstring(L, staff);
  return 1;
}

// The address of a text is its key, so a spec's texts must stay where they are.
static const char *keep_sql(lua_State *L, int at) {
  luaL_checkstring(L, at);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, kind);
  lua_pushvalue(L, at);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  return lua_tostring(L, at);
}

// rows(sql, id): each row's columns joined by a blank
static int world_rows(lua_State *L) {
  struct world *world = check_world(L);
  int64_t id = luaL_optinteger(L, 3, 0);
  struct stmt *rows = store_query(world->care.store, keep_sql(L, 2),
                                  lua_isnoneornil(L, 3) ? "" : "i", id);
  lua_newtable(L);
  for (lua_Integer count = 1; stmt_row(rows); count++) {
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    for (int i = 0; i < stmt_columns(rows); i++) {
      const char *text = stmt_text(rows, i);
      if (i) luaL_addchar(&line, ' ');
      luaL_addstring(&line, text ? text : "-");
    }
    luaL_pushresult(&line);
    lua_rawseti(L, -2, count);
  }
  stmt_done(rows);
  return 1;
}

static int world_exec(lua_State *L) {
  struct world *world = check_world(L);
  struct store *store = begin(L, world);
  int code = store_exec(store, keep_sql(L, 2), "");
  if (code < 0) {
    lua_pushstring(L, store_error(store)->text);
    store_rollback(store);
    return lua_error(L);
  }
  commit(L, world);
  return 0;
}

static int codes(lua_State *L) {
  lua_newtable(L);
  for (const struct result_code *code = result_codes(); code->code; code++) {
    lua_pushstring(L, code->zh);
    lua_setfield(L, -2, code->code);
  }
  return 1;
}

void unit_care_work(lua_State *L) {
  static const luaL_Reg methods[] = {{"to", world_to},
                                     {"time", world_now},
                                     {"submit", world_submit},
                                     {"alert", world_alert},
                                     {"task", world_task},
                                     {"hold", world_hold},
                                     {"rows", world_rows},
                                     {"exec", world_exec},
                                     {"die", world_die},
                                     {"result", world_result},
                                     {"duty", world_duty},
                                     {"answered", world_settle_question},
                                     {NULL, NULL}};
  luaL_newmetatable(L, kind);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, world_free);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  lua_pushcfunction(L, world_new);
  lua_setfield(L, -2, "work");
  lua_pushcfunction(L, codes);
  lua_setfield(L, -2, "result_codes");
}
