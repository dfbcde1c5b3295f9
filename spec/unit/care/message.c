// Opens messages to specs: unit.care.messages(definitions as JSON) is a care module in
// memory with a clock that is set, and channels that only remember what they were given.
#include "care/message.h"
#include "care/alert.h"
#include "care/line.h"
#include "care/mapping.h"

#include <lauxlib.h>
#include <limits.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "base/iso.h"
#include "base/log.h"
#include "base/mem.h"
#include "message_scene.h"

void unit_care_message(lua_State *L);
static const char kind[] = "afterward.unit.messages";

static struct scene *check(lua_State *L) {
  struct scene *scene = luaL_checkudata(L, 1, kind);
  scene->L = L;
  return scene;
}

static bool port_known(void *self, const char *channel) {
  const struct scene *scene = self;
  char word[64];
  snprintf(word, sizeof word, " %s ", channel);
  return strstr(scene->channels, word) != NULL;
}

static bool port_links(void *self, const char *channel) {
  const struct scene *scene = self;
  char word[64];
  snprintf(word, sizeof word, " %s ", channel);
  return strstr(scene->linkless, word) == NULL;
}

static const char *port_address(void *self, const char *channel) {
  (void)self;
  return strcmp(channel, "wechat") == 0  ? "wechat"
         : strcmp(channel, "wecom") == 0 ? "wecom"
                                         : "phone";
}

static int64_t port_keyed(void *self, const char *channel) {
  (void)channel;
  return ((struct scene *)self)->keyed_ms;
}

static int64_t port_merges(void *self, const char *channel) {
  (void)channel;
  return ((struct scene *)self)->merge_most;
}

static void port_limits(void *self, const char *channel, struct channel_limits *out) {
  (void)channel;
  *out = ((struct scene *)self)->limits;
}

static void set(lua_State *L, const char *key, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

static void set_approved(lua_State *L, const struct buf *approved) {
  struct value value;
  struct buf json = {0};
  if (!approved || !value_read(buf_text(approved), approved->len, &value)) return;
  value_to_json(&json, &value);
  set(L, "approved", json.data);
  buf_deinit(&json);
}

static void port_start(void *self, const struct outgoing *outgoing) {
  struct scene *scene = self;
  lua_State *L = scene->L;
  lua_rawgeti(L, LUA_REGISTRYINDEX, scene->sent);
  lua_newtable(L);
  lua_pushinteger(L, outgoing->attempt);
  lua_setfield(L, -2, "attempt");
  set(L, "channel", outgoing->channel);
  set(L, "to", outgoing->address);
  set(L, "key", outgoing->key);
  set(L, "text", outgoing->text);
  set(L, "program", outgoing->program);
  set(L, "color", outgoing->color);
  set_approved(L, outgoing->approved);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pop(L, 1);
}

static const char *keep(struct scene *scene, const char *text) {
  for (int i = 0; i < scene->text_count; i++)
    if (strcmp(scene->texts[i], text) == 0) return scene->texts[i];
  if (scene->text_count == TEXTS) luaL_error(scene->L, "too many statements");
  return scene->texts[scene->text_count++] = mem_copy_text(text);
}

static void open_site(struct scene *scene) {
  scene->site = (struct site){.zone = "Asia/Shanghai",
                              .hospital = "市一院",
                              .phone = "0571-1",
                              .base_url = "https://f.example.org",
                              .quiet_hours = "21:00-08:00",
                              .via = "sms",
                              .festivals = "2026-04-05,2026-04-06"};
  scene->care.site = &scene->site;
}

static void load(struct scene *scene, const char *json) {
  struct buf bytes = {0};
  struct status status = {0};
  int code = value_from_json(&bytes, json, strlen(json), &status);
  if (code == OK)
    code = catalog_put(scene->care.catalog, "ortho", 1, bytes.data, bytes.len, &status);
  buf_deinit(&bytes);
  if (code != OK) luaL_error(scene->L, "%s", status.text);
}

static int scene_new(lua_State *L) {
  const char *json = luaL_checkstring(L, 1);
  struct scene *scene = lua_newuserdatauv(L, sizeof *scene, 0);
  struct status status = {0};
  memset(scene, 0, sizeof *scene);
  scene->L = L;
  log_set_level((enum log_level)0);
  zones_init(&scene->zones, NULL);
  zones_find(&scene->zones, "Asia/Shanghai", &scene->zone, &status);
  scene->care.zones = &scene->zones;
  clock_init_set(&scene->clock, 0);
  open_site(scene);
  scene->care.catalog = catalog_new();
  if (store_open(&scene->care.store, ":memory:", &status) != OK ||
      kernel_new(&scene->care.kernel, scene->care.store, &scene->clock, &status) != OK)
    return luaL_error(L, "%s", status.text);
  scene->care.channels = (struct channels_port){.self = scene,
                                                .known = port_known,
                                                .address_kind = port_address,
                                                .start = port_start,
                                                .links = port_links,
                                                .keyed = port_keyed,
                                                .merges = port_merges,
                                                .limits = port_limits};
  scene->limits.room = INT_MAX;
  snprintf(scene->channels, sizeof scene->channels, " sms ");
  load(scene, json);
  message_handlers(&scene->care);
  alert_handlers(&scene->care);
  lua_newtable(L);
  scene->sent = luaL_ref(L, LUA_REGISTRYINDEX);
  luaL_setmetatable(L, kind);
  return 1;
}

static int scene_gc(lua_State *L) {
  struct scene *scene = check(L);
  if (!scene->care.kernel) return 0;
  kernel_free(scene->care.kernel);
  line_deinit(&scene->care);
  scene->care.kernel = NULL;
  store_close(scene->care.store);
  catalog_free(scene->care.catalog);
  zones_deinit(&scene->zones);
  for (int i = 0; i < scene->text_count; i++) mem_free(scene->texts[i]);
  return 0;
}

// Steps until nothing is left to do now.
static int scene_step(lua_State *L) {
  struct scene *scene = check(L);
  struct status status = {0};
  for (int i = 0; i < 1000 && kernel_step(scene->care.kernel, &status); i++) continue;
  if (status.code) return luaL_error(L, "%s", status.text);
  if (scene->error[0]) return luaL_error(L, "%s", scene->error);
  return 0;
}

// at("2026-03-02 15:00"): the clock stands there; what is due by then has happened.
static int scene_at(lua_State *L) {
  struct scene *scene = check(L);
  struct status status = {0};
  int64_t ms;
  if (iso_parse(luaL_checkstring(L, 2), scene->zone, &ms, &status) != OK)
    return luaL_error(L, "%s", status.text);
  for (;;) {
    int64_t due = kernel_next_due(scene->care.kernel);
    if (due > ms) break;
    if (due > clock_now(&scene->clock)) clock_set(&scene->clock, due);
    scene_step(L);
  }
  clock_set(&scene->clock, ms);
  return scene_step(L);
}

static void apply_batch(void *self, struct work *work) {
  struct scene *scene = self;
  (void)work;
  lua_rawgeti(scene->L, LUA_REGISTRYINDEX, scene->batch);
  if (lua_pcall(scene->L, 0, 0, 0) != LUA_OK) {
    snprintf(scene->error, sizeof scene->error, "%s", lua_tostring(scene->L, -1));
    lua_pop(scene->L, 1);
  }
}

static void refuse_batch(void *self, struct work *work, const struct status *why) {
  struct scene *scene = self;
  (void)work;
  snprintf(scene->error, sizeof scene->error, "%s", why->text);
}

// batch(function): in one commit; the verbs below are for inside of it.
static int scene_batch(lua_State *L) {
  static const struct work_handler handler = {.apply = apply_batch,
                                              .refuse = refuse_batch};
  struct scene *scene = check(L);
  lua_pushvalue(L, 2);
  scene->batch = luaL_ref(L, LUA_REGISTRYINDEX);
  kernel_post(scene->care.kernel, 0, &handler, scene, NULL);
  scene_step(L);
  luaL_unref(L, LUA_REGISTRYINDEX, scene->batch);
  return 0;
}

static int scene_sql(lua_State *L) {
  struct scene *scene = check(L);
  if (store_exec(scene->care.store, keep(scene, luaL_checkstring(L, 2)), "") < 0)
    return luaL_error(L, "%s", store_error(scene->care.store)->text);
  store_touch_all(scene->care.store);  // it may write what others remember
  return 0;
}

static int scene_one(lua_State *L) {  // all columns of the first row, as texts
  struct scene *scene = check(L);
  struct stmt *row =
      store_query(scene->care.store, keep(scene, luaL_checkstring(L, 2)), "");
  int columns = stmt_row(row) ? stmt_columns(row) : 0;
  for (int i = 0; i < columns; i++) lua_pushstring(L, stmt_text(row, i));
  stmt_done(row);
  return columns;
}

static const char *text_field(lua_State *L, const char *key, const char *otherwise) {
  lua_getfield(L, 2, key);
  const char *text = lua_isnil(L, -1) ? otherwise : lua_tostring(L, -1);
  lua_pop(L, 1);  // it stays alive in the table
  return text;
}

static int64_t number_field(lua_State *L, const char *key) {
  lua_getfield(L, 2, key);
  int64_t number = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return number;
}

static int scene_plan(lua_State *L) {
  struct scene *scene = check(L);
  const char *json = text_field(L, "fields", "{}");
  struct buf fields = {0};
  struct value view = {0};
  struct status status = {0};
  value_from_json(&fields, json, strlen(json), &status);
  value_read(fields.data, fields.len, &view);
  int64_t valid = number_field(L, "valid_hours");
  int64_t id = message_plan(
      &scene->care,
      &(struct message_spec){
          .patient = number_field(L, "patient"),
          .enrollment = number_field(L, "enrollment"),
          .question = number_field(L, "question"),
          .alert = number_field(L, "alert"),
          .department = "ortho",
          .program = text_field(L, "program", "gudong"),
          .kind = text_field(L, "kind", "send"),
          .class_ = text_field(L, "class", "general"),
          .name = text_field(L, "name", "hello"),
          .audience = text_field(L, "audience", "patient"),
          .via = text_field(L, "via", NULL),
          .remind = text_field(L, "remind", NULL),
          .fields = &view,
          .valid_until =
              valid ? kernel_now(scene->care.kernel) + valid * CIVIL_HOUR_MS : 0,
      });
  buf_deinit(&fields);
  lua_pushinteger(L, id);
  return 1;
}

static int scene_cancel(lua_State *L) {
  struct scene *scene = check(L);
  const char *what = luaL_checkstring(L, 2), *reason = luaL_checkstring(L, 4);
  int64_t id = luaL_checkinteger(L, 3);
  if (strcmp(what, "question") == 0)
    message_cancel_for_question(&scene->care, id, reason);
  else if (strcmp(what, "enrollment") == 0)
    message_cancel_for_enrollment(&scene->care, id, reason);
  else
    message_cancel_for_patient(&scene->care, id, reason);
  return 0;
}

static int scene_wake(lua_State *L) {
  message_wake_for_patient(&check(L)->care, luaL_checkinteger(L, 2));
  return 0;
}

// result(attempt, kind, id or detail, seconds from now, provider)
static int scene_result(lua_State *L) {
  static const char *const kinds[] = {"accepted", "retry",     "delayed", "permanent",
                                      "config",   "ambiguous", NULL};
  static const char *const providers[] = {"spoke", "gone", "busy", "unasked", NULL};
  struct scene *scene = check(L);
  struct channel_result result = {
      .kind = (enum result_kind)luaL_checkoption(L, 3, NULL, kinds),
      .provider = (enum provider)luaL_checkoption(L, 6, "spoke", providers)};
  bool accepted = result.kind == RESULT_ACCEPTED;
  snprintf(accepted ? result.provider_id : result.detail,
           accepted ? sizeof result.provider_id : sizeof result.detail, "%s",
           luaL_optstring(L, 4, ""));
  if (lua_isinteger(L, 5))
    result.until_ms = clock_now(&scene->clock) + lua_tointeger(L, 5) * 1000;
  message_result(&scene->care, luaL_checkinteger(L, 2), &result);
  return scene_step(L);
}

static int scene_receipt(lua_State *L) {
  struct scene *scene = check(L);
  struct buf list = {0};
  struct value view;
  const char *id = luaL_checkstring(L, 2), *state = luaL_checkstring(L, 3);
  size_t all = value_begin_list(&list);
  struct mapping map = mapping_begin(&list);
  mapping_text(&map, "id", id);
  mapping_text(&map, "state", state);
  mapping_end(&map);
  value_end(&list, all, 1);
  value_read(list.data, list.len, &view);
  message_receipts(&scene->care, "sms", &view, NULL, NULL);
  buf_deinit(&list);
  return scene_step(L);
}

static int scene_works(lua_State *L) {  // how many there were
  const struct kernel_stats *stats = kernel_statistics(check(L)->care.kernel);
  lua_pushinteger(L, stats->works);
  return 1;
}

static int scene_recover(lua_State *L) {
  message_recover(&check(L)->care);
  return scene_step(L);
}

static int scene_sent(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, check(L)->sent);
  return 1;
}

static int scene_set(lua_State *L) {
  struct scene *scene = check(L);
  const char *key = luaL_checkstring(L, 2);
  if (strcmp(key, "channels") == 0)
    snprintf(scene->channels, sizeof scene->channels, " %s ", luaL_checkstring(L, 3));
  else if (strcmp(key, "linkless") == 0)
    snprintf(scene->linkless, sizeof scene->linkless, " %s ", luaL_checkstring(L, 3));
  else if (strcmp(key, "per_second") == 0)
    scene->limits.per_second = luaL_checknumber(L, 3);
  else if (strcmp(key, "burst") == 0)
    scene->limits.burst = (int)luaL_checkinteger(L, 3);
  else if (strcmp(key, "per_day") == 0)
    scene->limits.per_day = luaL_checkinteger(L, 3);
  else if (strcmp(key, "room") == 0)
    scene->limits.room = (int)luaL_checkinteger(L, 3);
  else if (strcmp(key, "keyed_ms") == 0)
    scene->keyed_ms = luaL_checkinteger(L, 3);
  else if (strcmp(key, "merge_most") == 0)
    scene->merge_most = luaL_checkinteger(L, 3);
  else if (strcmp(key, "budget_day") == 0)
    scene->site.budget_day = (int)luaL_checkinteger(L, 3);
  else if (strcmp(key, "budget_week") == 0)
    scene->site.budget_week = (int)luaL_checkinteger(L, 3);
  else if (strcmp(key, "mass_limit") == 0)
    scene->site.mass_limit = (int)luaL_checkinteger(L, 3);
  else
    return luaL_error(L, "no setting %s", key);
  return 0;
}

static void told(void *self, int64_t row, const struct value *result) {
  struct scene *scene = self;
  struct buf json = {0};
  (void)row;
  value_to_json(&json, result);
  snprintf(scene->answer, sizeof scene->answer, "%s", buf_text(&json));
  buf_deinit(&json);
}

static int scene_inbox(lua_State *L) {  // inbox(kind, source id, JSON) → answer's JSON
  struct scene *scene = check(L);
  const char *json = luaL_checkstring(L, 4);
  struct buf bytes = {0};
  struct value body;
  struct status status = {0};
  value_from_json(&bytes, json, strlen(json), &status);
  if (!value_read(bytes.data, bytes.len, &body)) return luaL_error(L, "%s", status.text);
  kernel_submit(scene->care.kernel, "spec", luaL_checkstring(L, 3),
                luaL_checkstring(L, 2), &body, INBOX_APPLIED, told, scene);
  buf_deinit(&bytes);
  scene_step(L);
  lua_pushstring(L, scene->answer);
  return 1;
}

void unit_care_message(lua_State *L) {
  static const luaL_Reg verbs[] = {{"step", scene_step},
                                   {"at", scene_at},
                                   {"batch", scene_batch},
                                   {"sql", scene_sql},
                                   {"one", scene_one},
                                   {"plan", scene_plan},
                                   {"cancel", scene_cancel},
                                   {"wake", scene_wake},
                                   {"result", scene_result},
                                   {"receipt", scene_receipt},
                                   {"recover", scene_recover},
                                   {"sent", scene_sent},
                                   {"works", scene_works},
                                   {"set", scene_set},
                                   {"inbox", scene_inbox},
                                   {"__gc", scene_gc},
                                   {NULL, NULL}};
  luaL_newmetatable(L, kind);
  luaL_setfuncs(L, verbs, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, scene_new);
  lua_setfield(L, -2, "messages");
}
