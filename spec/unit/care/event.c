// Opens events to specs: unit.care.event.check(json), and a hospital in memory that takes
// them: unit.care.event.hospital(at).
#include "base/iso.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/enrollment.h"
#include "care/measure.h"
#include "care/patient.h"
#include "care/phone.h"

void unit_care_event(lua_State *L);

static const char *const hospital_name = "afterward.hospital";

struct hospital {
  struct store *store;
  struct kernel *kernel;
  struct clock clock;
  struct zones zones;
  struct site site;
  struct measures *measures;
  struct care care;
  int64_t posted;
  struct buf told;
  char *asked[256];  // statements are cached by their text's address
  int asked_count;
};

static struct hospital *check_hospital(lua_State *L) {
  return *(struct hospital **)luaL_checkudata(L, 1, hospital_name);
}

static int push_buf(lua_State *L, struct buf *buf) {
  lua_pushlstring(L, buf_text(buf), buf->len);
  buf_deinit(buf);
  return 1;
}

static bool read_json(lua_State *L, int at, struct buf *bytes, struct value *out) {
  size_t len;
  const char *json = luaL_checklstring(L, at, &len);
  struct status status = {0};
  return !value_from_json(bytes, json, len, &status) &&
         value_read(bytes->data, bytes->len, out);
}

// check(json): the clean event as JSON, or nil and what is wrong
static int check(lua_State *L) {
  struct buf bytes = {0}, clean = {0}, out = {0};
  struct value value, view;
  struct status status = {0};
  bool read = read_json(L, 1, &bytes, &value);
  struct measures *measures = NULL;
  int code = read && !measures_read(&measures, NULL, &status)
                 ? event_check(&value, measures, &clean, &status)
                 : -1;
  measures_free(measures);
  if (!code && value_read(clean.data, clean.len, &view)) value_to_json(&out, &view);
  buf_deinit(&bytes);
  buf_deinit(&clean);
  if (!code) return push_buf(L, &out);
  buf_deinit(&out);
  lua_pushnil(L);
  lua_pushstring(L, read ? status.text : "no JSON");
  return 2;
}

// phone(text): the normal number and its flag, or nil
static int phone(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  char out[PHONE_SIZE];
  if (!phone_normalize(text, len, out)) return 0;
  lua_pushstring(L, out);
  lua_pushstring(L, phone_flag(out));
  return 2;
}

static int hospital(lua_State *L) {
  struct hospital *self = mem_alloc(sizeof *self);
  struct status status = {0};
  const struct zone *zone;
  int64_t now = 0;
  zones_init(&self->zones, NULL);
  self->site.zone = (char *)"Asia/Shanghai";
  if (zones_find(&self->zones, self->site.zone, &zone, &status) ||
      iso_parse(luaL_checkstring(L, 1), zone, &now, &status) ||
      measures_read(&self->measures, NULL, &status) ||
      store_open(&self->store, ":memory:", &status))
    return luaL_error(L, "%s", status.text);
  clock_init_set(&self->clock, now);
  if (kernel_new(&self->kernel, self->store, &self->clock, &status))
    return luaL_error(L, "%s", status.text);
  self->care = (struct care){.kernel = self->kernel,
                             .store = self->store,
                             .catalog = catalog_new(),
                             .site = &self->site,
                             .measures = self->measures,
                             .zones = &self->zones};
  event_handlers(&self->care);
  enrollment_handlers(&self->care);
  *(struct hospital **)lua_newuserdata(L, sizeof self) = self;
  luaL_setmetatable(L, hospital_name);
  return 1;
}

static int hospital_close(lua_State *L) {
  struct hospital *self = check_hospital(L);
  kernel_free(self->kernel);
  store_close(self->store);
  catalog_free(self->care.catalog);
  measures_free(self->measures);
  zones_deinit(&self->zones);
  buf_deinit(&self->told);
  for (int i = 0; i < self->asked_count; i++) mem_free(self->asked[i]);
  mem_free(self);
  return 0;
}

static void told(void *ctx, int64_t row, const struct value *result) {
  struct hospital *self = ctx;
  (void)row;
  buf_clear(&self->told);
  value_to_json(&self->told, result);
}

// hospital:post(kind of row, json, source, id): what the sender is told, as JSON
static int post(lua_State *L) {
  struct hospital *self = check_hospital(L);
  struct buf bytes = {0}, clean = {0};
  struct value value, view;
  struct status status = {0};
  const char *kind = luaL_checkstring(L, 2);
  char id[32];
  bool good = read_json(L, 3, &bytes, &value);
  if (good && strcmp(kind, "event") == 0) {
    good = !event_check(&value, self->measures, &clean, &status) &&
           value_read(clean.data, clean.len, &view);
  } else {
    view = value;
  }
  snprintf(id, sizeof id, "%lld", (long long)++self->posted);
  if (good)
    kernel_submit(self->kernel, luaL_optstring(L, 4, "his"), luaL_optstring(L, 5, id),
                  kind, &view, INBOX_APPLIED, told, self);
  for (int i = 0; good && i < 20 && kernel_step(self->kernel, &status); i++) continue;
  buf_deinit(&bytes);
  buf_deinit(&clean);
  if (!good) return luaL_error(L, "%s", status.text);
  lua_pushlstring(L, buf_text(&self->told), self->told.len);
  return 1;
}

// hospital:press(json): one more such event before every batch; after how many of them
// what was due had its turn, nil when it waited for ever
static int press(lua_State *L) {
  struct hospital *self = check_hospital(L);
  struct status status = {0};
  struct buf bytes = {0};
  struct value event;
  char id[32];
  int turn = 0;
  if (!read_json(L, 2, &bytes, &event)) return luaL_error(L, "this is no JSON");
  while (kernel_step(self->kernel, &status)) continue;
  due_add(self->kernel, DUE_EVENT, 0, WORK_RETIER, 1, 1);
  for (int i = 1; !turn && i <= 100; i++) {
    snprintf(id, sizeof id, "pressing %d", i);
    kernel_submit(self->kernel, "his", id, "event", &event, INBOX_RECORDED, NULL, NULL);
    kernel_step(self->kernel, &status);
    if (!store_int(self->store, 0, "SELECT count(*) FROM due", "")) turn = i;
  }
  buf_deinit(&bytes);
  if (!turn) return 0;
  lua_pushinteger(L, turn);
  return 1;
}

// hospital:ask(sql): every row's columns, "|" between them, as one text
static int ask(lua_State *L) {
  struct hospital *self = check_hospital(L);
  struct buf out = {0};
  if (self->asked_count == 256) return luaL_error(L, "asked too often");
  char *sql = self->asked[self->asked_count++] = mem_copy_text(luaL_checkstring(L, 2));
  struct stmt *rows = store_query(self->store, sql, "");
  for (int row = 0; stmt_row(rows); row++) {
    if (row) buf_puts(&out, " ");
    for (int i = 0; i < stmt_columns(rows); i++) {
      const char *text = stmt_text(rows, i);
      buf_printf(&out, "%s%s", i ? "|" : "", text ? text : "");
    }
  }
  stmt_done(rows);
  return push_buf(L, &out);
}

void unit_care_event(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"check", check}, {"phone", phone}, {"hospital", hospital}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"post", post},
                                     {"press", press},
                                     {"ask", ask},
                                     {"__gc", hospital_close},
                                     {NULL, NULL}};
  luaL_newmetatable(L, hospital_name);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_setfield(L, -2, "event");
}
