// afterward.unit.api: a whole API over a store in memory, a set clock and a real server.
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/birth.h"
#include "api/html.h"
#include "base/mask.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/attachment.h"
#include "care/card.h"
#include "care/commands.h"
#include "care/consult.h"
#include "care/enrollment.h"
#include "care/inbound.h"
#include "care/message.h"
#include "care/patient.h"
#include "care/question.h"
#include "care/task.h"
#include "io/http_client.h"

int luaopen_afterward_unit_api(lua_State *L);

enum { SQL_TEXTS = 500, ASK_MS = 30000 };

struct answered {
  bool done;
  int status;
  struct buf body, headers;  // headers: name NUL value NUL …
};

struct world {
  struct loop *loop;
  struct clock clock;
  struct zones zones;
  struct site site;
  struct store *store;
  struct catalog *catalog;
  struct kernel *kernel;
  struct care care;
  struct api api;
  struct http_server *server;
  struct http_client *client;
  int port;
  char *sql[SQL_TEXTS];  // statements are cached by address
  int sql_count;
};

static void stub_turn(void *self, struct run *run, const struct buf *journal,
                      struct turned *out) {
  (void)self, (void)run, (void)journal, (void)out;
}

static void stub_trace(void *self, const struct run *run, int64_t version,
                       const struct buf *journal, struct traced *out) {
  (void)self, (void)run, (void)version, (void)journal;
  buf_put(&out->places, "w/w.lua:7", sizeof "w/w.lua:7");
  out->replayed = 1;
}

static int stub_callback(void *self, const char *department, const char *pathway,
                         const char *watch, const char *which, int64_t patient,
                         int64_t enrollment, int64_t event, struct buf *out,
                         struct status *status) {
  (void)self, (void)department, (void)pathway, (void)watch, (void)which, (void)patient;
  (void)enrollment, (void)event, (void)status;
  value_put_nil(out);
  return OK;
}

// A fever is an emergency.
static int rule(void *self, const char *department, const char *name,
                const struct value *arguments, struct buf *out, struct status *status) {
  static const char flag[] =
      "{\"level\":\"emergency\",\"reason\":\"fever\",\"advice\":{\"zh\":\"请立即来院<b>"
      "\","
      "\"en\":\"Come in now\"}}";
  struct value answer = value_at(arguments, 0), temp = value_field(&answer, "temp");
  (void)self, (void)department, (void)name;
  if (value_real_or(&temp, 0) >= 38.5)
    return value_from_json(out, flag, sizeof flag - 1, status);
  value_put_nil(out);
  return OK;
}

// An item with `when` is shown when the wound is red.
static int shown(void *self, const char *department, const char *form, const char *item,
                 const struct value *answers, bool *out) {
  struct value wound = value_field(answers, "wound");
  (void)self, (void)department, (void)form, (void)item;
  *out = value_is(&wound, "red");
  return OK;
}

static bool known(void *self, const char *channel) {
  (void)self, (void)channel;
  return false;
}

static struct world *check(lua_State *L) {
  return *(struct world **)luaL_checkudata(L, 1, "afterward.unit.api.world");
}

static bool work(void *ctx) {
  struct world *world = ctx;
  struct status status = {0};
  return kernel_step(world->kernel, &status);
}

static void open_care(struct world *world, const char *settings, const char *path,
                      struct status *status) {
  struct site *site = &world->site;
  if (value_from_json(&site->settings, settings, strlen(settings), status)) return;
  site->zone = "Asia/Shanghai";
  site->hospital = "第一医院";
  site->phone = "010-5555 1234";
  site->base_url = "http://127.0.0.1";
  site->quiet_hours = "21:00-08:00";
  site->contact = (struct window){1, {{9 * 60, 20 * 60}}};
  site->via = "sms";
  site->festivals = "";
  site->overdue_role = "duty-officer";
  zones_init(&world->zones, NULL);
  world->catalog = catalog_new();
  if (store_open(&world->store, path, status) ||
      kernel_new(&world->kernel, world->store, &world->clock, status))
    return;
  world->care = (struct care){.kernel = world->kernel,
                              .store = world->store,
                              .catalog = world->catalog,
                              .site = site,
                              .zones = &world->zones};
  world->care.scripts =
      (struct scripts_port){NULL, stub_turn, stub_trace, stub_callback, rule, shown};
  world->care.channels.known = known;
  commands_handlers(&world->care);
  enrollment_handlers(&world->care);
  question_handlers(&world->care);
  message_handlers(&world->care);
  inbound_handlers(&world->care);
  task_handlers(&world->care);
  alert_handlers(&world->care);
  event_handlers(&world->care);
  attachment_handlers(&world->care);
  card_handlers(&world->care);
  consult_handlers(&world->care);
}

static const struct http_counters *counters(void *self) {
  return http_server_counters(((struct world *)self)->server);
}

static void open_server(struct world *world, struct status *status) {
  struct http_server_config config = {
      .handle = api_handle, .room = api_room, .prepare = api_prepare, .ctx = &world->api};
  http_limits_init(&config.limits);
  world->api.engine = (struct api_engine){.self = world, .http = counters};
  world->loop = loop_new();
  loop_set_work(world->loop, work, world);
  world->server = http_server_new(world->loop, &config, status);
  world->port = http_server_listen(world->server, "127.0.0.1", 0, status);
  world->client = http_client_new(world->loop, &(struct http_client_config){0});
}

// new(settings as JSON, now in ms, path of a database or nil)
static int world_new(lua_State *L) {
  const char *settings = luaL_checkstring(L, 1);
  struct status status = {0};
  struct world **held = lua_newuserdatauv(L, sizeof *held, 0);
  struct world *world = *held = mem_alloc(sizeof *world);
  clock_init_set(&world->clock, luaL_checkinteger(L, 2));
  open_care(world, settings, luaL_optstring(L, 3, ":memory:"), &status);
  if (!status.code) api_init(&world->api, &world->care, &status);
  if (!status.code) open_server(world, &status);
  if (status.code) return luaL_error(L, "%s", status.text);
  luaL_setmetatable(L, "afterward.unit.api.world");
  return 1;
}

static int world_close(lua_State *L) {
  struct world *world = check(L);
  http_client_free(world->client);
  api_deinit(&world->api);
  http_server_free(world->server);
  loop_free(world->loop);
  kernel_free(world->kernel);
  store_close(world->store);
  catalog_free(world->catalog);
  zones_deinit(&world->zones);
  buf_deinit(&world->site.settings);
  for (int i = 0; i < world->sql_count; i++) mem_free(world->sql[i]);
  mem_free(world);
  return 0;
}

static void on_answer(void *ctx, const struct http_result *result) {
  struct answered *answered = ctx;
  answered->done = true;
  answered->status = result->status;
  buf_put(&answered->body, result->body, result->body_len);
  for (size_t i = 0; i < result->header_count; i++) {
    buf_put(&answered->headers, result->headers[i].name,
            strlen(result->headers[i].name) + 1);
    buf_put(&answered->headers, result->headers[i].value,
            strlen(result->headers[i].value) + 1);
  }
}

static int push_answer(lua_State *L, struct answered *answered) {
  lua_pushinteger(L, answered->status);
  lua_pushlstring(L, buf_text(&answered->body), answered->body.len);
  lua_newtable(L);
  for (size_t at = 0; at < answered->headers.len;) {
    const char *name = answered->headers.data + at, *value = name + strlen(name) + 1;
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
    at += strlen(name) + strlen(value) + 2;
  }
  buf_deinit(&answered->body);
  buf_deinit(&answered->headers);
  return 3;
}

// From a method, a path, headers and a body on the stack.
static void send(lua_State *L, struct world *world, struct answered *answered) {
  struct http_header headers[8];
  struct http_call call = {.method = luaL_checkstring(L, 2), .headers = headers};
  struct status status = {0};
  struct buf url = {0};
  buf_printf(&url, "http://127.0.0.1:%d%s", world->port, luaL_checkstring(L, 3));
  call.url = url.data;
  if (lua_istable(L, 4))
    for (lua_pushnil(L); lua_next(L, 4) && call.header_count < 8; lua_pop(L, 1))
      headers[call.header_count++] =
          (struct http_header){lua_tostring(L, -2), lua_tostring(L, -1)};
  call.body = luaL_optlstring(L, 5, NULL, &call.body_len);
  bool sent = http_client_send(world->client, &call, on_answer, answered, &status);
  buf_deinit(&url);
  if (!sent) luaL_error(L, "%s", status.text);
}

// ask(method, path, headers, body): status, body, headers
static int world_ask(lua_State *L) {
  struct world *world = check(L);
  struct answered answered = {0};
  send(L, world, &answered);
  int64_t end = loop_now(world->loop) + ASK_MS;
  while (!answered.done && loop_now(world->loop) < end) loop_step(world->loop, 10);
  if (!answered.done) abort();  // the client would still write to what is gone
  return push_answer(L, &answered);
}

static void hang_up(struct world *world) {
  http_client_free(world->client);
  world->client = http_client_new(world->loop, &(struct http_client_config){0});
}

// leave(method, path, headers): asks, and hangs up when it was heard; whether that was
// before the answer
static int world_leave(lua_State *L) {
  struct world *world = check(L);
  struct answered answered = {0};
  const struct http_counters *counts = http_server_counters(world->server);
  uint64_t heard = counts->requests;
  send(L, world, &answered);
  while (counts->requests == heard) loop_step(world->loop, 10);
  lua_pushboolean(L, !answered.done);
  hang_up(world);
  buf_deinit(&answered.body);
  buf_deinit(&answered.headers);
  return 1;
}

// beside(flag): whether summaries are read on another thread
static int world_beside(lua_State *L) {
  struct world *world = check(L);
  world->api.loop = lua_toboolean(L, 2) ? world->loop : NULL;
  return 0;
}

// sql(text, …): first column of the first row; numbers and texts for ?1 …
static int world_sql(lua_State *L) {
  struct world *world = check(L);
  static const char types[] = "tttt";
  int given = lua_gettop(L) - 2;
  lua_settop(L, 6);
  if (world->sql_count == SQL_TEXTS) return luaL_error(L, "too many statements");
  char *text = world->sql[world->sql_count++] = mem_copy_text(luaL_checkstring(L, 2));
  struct stmt *row =
      store_query(world->store, text, types + 4 - given, lua_tostring(L, 3),
                  lua_tostring(L, 4), lua_tostring(L, 5), lua_tostring(L, 6));
  bool found = stmt_row(row);
  lua_pushstring(L, found ? stmt_text(row, 0) : NULL);
  stmt_done(row);
  return 1;
}

// definitions(department, JSON): as an active bundle
static int world_definitions(lua_State *L) {
  struct world *world = check(L);
  const char *department = luaL_checkstring(L, 2), *json = luaL_checkstring(L, 3);
  struct buf body = {0};
  struct status status = {0};
  if (value_from_json(&body, json, strlen(json), &status))
    return luaL_error(L, "%s", status.text);
  store_exec(world->store,
             "INSERT INTO bundle (department, digest, definitions, active, activated_at)"
             " VALUES (?1, 'x', ?2, 1, 1)",
             "tb", department, body.data, body.len);
  catalog_put(world->catalog, department, store_last_id(world->store), body.data,
              body.len, &status);
  buf_deinit(&body);
  return status.code ? luaL_error(L, "%s", status.text) : 0;
}

static int world_at(lua_State *L) {
  struct world *world = check(L);
  clock_set(&world->clock, luaL_checkinteger(L, 2));
  while (work(world)) continue;
  return 0;
}

// full(): the disk takes nothing more
static int world_full(lua_State *L) {
  struct store *store = check(L)->store;
  store_int(store, 0, "PRAGMA max_page_count=1", "");  // no fewer than there are
  int64_t number = 0;
  for (int64_t size = 3000; size; size /= 10)
    while (
        store_exec(store,
                   "INSERT INTO inbox (source, source_id, kind, digest, body,"
                   " received_at, state) VALUES ('full', ?1, 'x', 'x', zeroblob(?2), 1,"
                   " 1)",
                   "ii", number++, size) == 1)
      continue;
  return 0;
}

// sweep(): what the night does with photos that no row names
static int world_sweep(lua_State *L) {
  attachment_sweep(&check(L)->care);
  return 0;
}

// blob(name): its bytes, nil when there is none; blob(name, bytes): writes it
static int world_blob(lua_State *L) {
  struct world *world = check(L);
  struct status status = {0};
  struct buf out = {0};
  size_t len;
  const char *name = luaL_checkstring(L, 2), *bytes = luaL_optlstring(L, 3, NULL, &len);
  if (bytes) {
    if (blob_write(world->store, name, bytes, len, &status))
      return luaL_error(L, "%s", status.text);
    return 0;
  }
  bool found = !blob_read(world->store, name, &out, &status);
  if (found)
    lua_pushlstring(L, buf_text(&out), out.len);
  else
    lua_pushnil(L);
  buf_deinit(&out);
  return 1;
}

static int world_link(lua_State *L) {
  struct world *world = check(L);
  char link[LINK_TOKEN_SIZE];
  link_token_make(world->api.keys.link, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3),
                  luaL_checkinteger(L, 4), link);
  lua_pushstring(L, link);
  return 1;
}

// id(kind, row), row(kind, id)
static int world_id(lua_State *L) {
  struct world *world = check(L);
  char id[PUBLIC_ID_SIZE];
  public_id_format(world->api.keys.public_id, *luaL_checkstring(L, 2),
                   luaL_checkinteger(L, 3), id);
  lua_pushstring(L, id);
  return 1;
}

static int world_row(lua_State *L) {
  lua_pushinteger(L, public_id_parse(check(L)->api.keys.public_id,
                                     *luaL_checkstring(L, 2), luaL_checkstring(L, 3)));
  return 1;
}

static int push_buf(lua_State *L, struct buf *out) {
  lua_pushlstring(L, buf_text(out), out->len);
  buf_deinit(out);
  return 1;
}

static int escape(lua_State *L) {
  struct buf out = {0};
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  html_text_len(&out, text, len);
  return push_buf(L, &out);
}

static int ink(lua_State *L) {
  return lua_pushstring(L, html_ink(luaL_checkstring(L, 1))), 1;
}

static int birth(lua_State *L) {
  char out[BIRTH_SIZE];
  lua_pushstring(L, birth_read(luaL_checkstring(L, 1), out) ? out : NULL);
  return 1;
}

static int masked(lua_State *L) {
  struct buf out = {0};
  (lua_toboolean(L, 2) ? mask_name : mask_number)(luaL_checkstring(L, 1), &out);
  return push_buf(L, &out);
}

int luaopen_afterward_unit_api(lua_State *L) {
  static const luaL_Reg verbs[] = {{"ask", world_ask},
                                   {"leave", world_leave},
                                   {"beside", world_beside},
                                   {"sql", world_sql},
                                   {"definitions", world_definitions},
                                   {"at", world_at},
                                   {"link", world_link},
                                   {"id", world_id},
                                   {"row", world_row},
                                   {"close", world_close},
                                   {"full", world_full},
                                   {"sweep", world_sweep},
                                   {"blob", world_blob},
                                   {NULL, NULL}};
  static const luaL_Reg functions[] = {{"new", world_new}, {"escape", escape},
                                       {"ink", ink},       {"birth", birth},
                                       {"masked", masked}, {NULL, NULL}};
  luaL_newmetatable(L, "afterward.unit.api.world");
  luaL_setfuncs(L, verbs, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  return 1;
}
