// Opens engine/link to specs as afterward.unit.link: a dispatcher on a loop of its own,
// whose plugin is made of the spec's functions over encoded values.
#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gateway.h"
#include "io/http_thread.h"
#include "io/loop.h"
#include "link/channel_http.h"
#include "link/channel_log.h"
#include "link/dispatcher.h"

int luaopen_afterward_unit_link(lua_State *L);
static const char kind[] = "afterward.unit.dispatcher";

struct desk {
  lua_State *L;          // of the call on its way
  pthread_mutex_t lock;  // of the spec's Lua: its plugin runs on the client's thread
  struct loop *loop;
  struct http_thread *client;
  struct dispatcher *dispatcher;
  int results, receipts, plugin, lines, unheard;  // tables in the registry
  int64_t now;
};

static struct desk *check(lua_State *L) {
  struct desk *desk = luaL_checkudata(L, 1, kind);
  desk->L = L;
  return desk;
}

static void append(lua_State *L, int table) {  // what is on top
  lua_rawgeti(L, LUA_REGISTRYINDEX, table);
  lua_insert(L, -2);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pop(L, 1);
}

static void set(lua_State *L, const char *key, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

static void sink_result(void *self, int64_t attempt,
                        const struct channel_result *result) {
  static const char *const kinds[] = {"accepted",  "retry",  "delayed",
                                      "permanent", "config", "ambiguous"};
  static const char *const providers[] = {"spoke", "gone", "busy", "unasked"};
  struct desk *desk = self;
  lua_State *L = desk->L;
  pthread_mutex_lock(&desk->lock);
  lua_newtable(L);
  lua_pushinteger(L, attempt);
  lua_setfield(L, -2, "attempt");
  lua_pushinteger(L, result->until_ms);
  lua_setfield(L, -2, "until_ms");
  set(L, "kind", kinds[result->kind]);
  set(L, "provider", providers[result->provider]);
  set(L, "id", result->provider_id);
  set(L, "detail", result->detail);
  append(L, desk->results);
  pthread_mutex_unlock(&desk->lock);
}

static void sink_unheard(void *self, const char *channel) {
  struct desk *desk = self;
  pthread_mutex_lock(&desk->lock);
  lua_pushstring(desk->L, channel);
  append(desk->L, desk->unheard);
  pthread_mutex_unlock(&desk->lock);
}

static int64_t sink_now(void *self) { return ((struct desk *)self)->now; }

static void print_line(void *self, const char *line) {
  struct desk *desk = self;
  pthread_mutex_lock(&desk->lock);
  lua_pushstring(desk->L, line);
  append(desk->L, desk->lines);
  pthread_mutex_unlock(&desk->lock);
}

static void push_encoded(lua_State *L, const struct value *value) {
  struct buf bytes = {0};
  value_put(&bytes, value);
  lua_pushlstring(L, bytes.data, bytes.len);
  buf_deinit(&bytes);
}

static int plugin_call(struct desk *desk, const char *name, const struct value *first,
                       const struct value *second, struct buf *out,
                       struct status *status) {
  pthread_mutex_lock(&desk->lock);
  lua_State *L = desk->L;
  int top = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, desk->plugin);
  lua_getfield(L, -1, name);
  push_encoded(L, first);
  if (second) push_encoded(L, second);
  size_t len;
  const char *bytes = NULL;
  if (lua_pcall(L, second ? 2 : 1, 2, 0) == LUA_OK) bytes = lua_tolstring(L, -2, &len);
  if (bytes)
    buf_put(out, bytes, len);
  else
    status_fail(status, ERR_INVALID, "%s", lua_tostring(L, -1));
  lua_settop(L, top);
  pthread_mutex_unlock(&desk->lock);
  return status->code;
}

static int port_send(void *self, const struct value *message, struct buf *out,
                     struct status *status) {
  return plugin_call(self, "send", message, NULL, out, status);
}

static int port_result(void *self, const struct value *response,
                       const struct value *message, struct buf *out,
                       struct status *status) {
  return plugin_call(self, "result", response, message, out, status);
}

static int port_query(void *self, const struct value *message, struct buf *out,
                      struct status *status) {
  return plugin_call(self, "query", message, NULL, out, status);
}

static int port_queried(void *self, const struct value *response,
                        const struct value *message, struct buf *out,
                        struct status *status) {
  return plugin_call(self, "queried", response, message, out, status);
}

static int port_receipt(void *self, const struct value *request, struct buf *out,
                        struct status *status) {
  return plugin_call(self, "receipt", request, NULL, out, status);
}

static int port_inbound(void *self, const struct value *request, struct buf *out,
                        struct status *status) {
  return plugin_call(self, "inbound", request, NULL, out, status);
}

static bool has(struct desk *desk, const char *name) {
  lua_rawgeti(desk->L, LUA_REGISTRYINDEX, desk->plugin);
  bool there = lua_getfield(desk->L, -1, name) == LUA_TFUNCTION;
  lua_pop(desk->L, 2);
  return there;
}

static void add_channels(struct desk *desk, int parallel, int64_t timeout_ms,
                         int64_t longest) {
  struct status status = {0};
  struct channel_abilities can = {.keyed_ms = 60000,
                                  .max_length = longest,
                                  .receipts = true,
                                  .inbound = has(desk, "inbound"),
                                  .queryable = has(desk, "query")};
  struct channel_http_config config = {.name = "sms",
                                       .can = &can,
                                       .parallel = (unsigned)parallel,
                                       .timeout_ms = timeout_ms,
                                       .ask_ms = 5,
                                       .client = desk->client,
                                       .loop = desk->loop};
  struct plugin_port port = {.self = desk,
                             .send = port_send,
                             .query = can.queryable ? port_query : NULL,
                             .result = port_result,
                             .queried = can.queryable ? port_queried : NULL,
                             .receipt = port_receipt,
                             .inbound = can.inbound ? port_inbound : NULL};
  dispatcher_add(desk->dispatcher, channel_http_new(&config, &port), &status);
  dispatcher_add(desk->dispatcher, channel_log_new("log", false, print_line, desk),
                 &status);
  dispatcher_add(desk->dispatcher, channel_log_new("shown", true, print_line, desk),
                 &status);
}

// Held but while the loop runs: by the spec, by who is called back, by its plugin.
static void open_lock(struct desk *desk) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&desk->lock, &attributes);
  pthread_mutexattr_destroy(&attributes);
  pthread_mutex_lock(&desk->lock);
}

static int desk_table(lua_State *L) {
  lua_newtable(L);
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

// new(plugin functions, parallel, timeout in ms, longest text)
static int desk_new(lua_State *L) {
  struct desk *desk = lua_newuserdatauv(L, sizeof *desk, 0);
  memset(desk, 0, sizeof *desk);
  desk->L = L;
  desk->now = 1000;
  open_lock(desk);
  lua_pushvalue(L, 1);
  desk->plugin = luaL_ref(L, LUA_REGISTRYINDEX);
  desk->results = desk_table(L);
  desk->receipts = desk_table(L);
  desk->lines = desk_table(L);
  desk->unheard = desk_table(L);
  desk->loop = loop_new();
  desk->client = http_thread_new(desk->loop, &(struct http_client_config){0});
  desk->dispatcher = dispatcher_new(&(struct dispatcher_sink){
      .self = desk, .result = sink_result, .unheard = sink_unheard, .now = sink_now});
  add_channels(desk, (int)luaL_optinteger(L, 2, 0), luaL_optinteger(L, 3, 0),
               luaL_optinteger(L, 4, 0));
  luaL_setmetatable(L, kind);
  return 1;
}

// start(attempt, channel, text, safety, query)
static int desk_start(lua_State *L) {
  struct desk *desk = check(L);
  char key[32];
  snprintf(key, sizeof key, "m%d-0", (int)luaL_checkinteger(L, 2));
  struct outgoing outgoing = {.attempt = luaL_checkinteger(L, 2),
                              .message = luaL_checkinteger(L, 2),
                              .channel = luaL_checkstring(L, 3),
                              .address = "13800001111",
                              .key = key,
                              .text = luaL_optstring(L, 4, "【骨动新生】您好"),
                              .program = "骨动新生",
                              .class_ = "general",
                              .safety = lua_toboolean(L, 5),
                              .query = lua_toboolean(L, 6)};
  struct channels_port port = dispatcher_port(desk->dispatcher);
  port.start(port.self, &outgoing);
  return 0;
}

static int desk_step(lua_State *L) {
  struct desk *desk = check(L);
  int64_t ms = luaL_optinteger(L, 2, 2);  // while this Lua is ours
  pthread_mutex_unlock(&desk->lock);
  loop_step(desk->loop, ms);
  pthread_mutex_lock(&desk->lock);
  return 0;
}

static int desk_stop(lua_State *L) {
  dispatcher_stop(check(L)->dispatcher);
  return 0;
}

static int desk_recall(lua_State *L) {  // recall(channel)
  struct channels_port port = dispatcher_port(check(L)->dispatcher);
  port.recall(port.self, luaL_checkstring(L, 2));
  return 0;
}

static int desk_load(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)dispatcher_load(check(L)->dispatcher));
  return 1;
}

static int desk_list(lua_State *L) {
  struct desk *desk = check(L);
  const char *name = luaL_checkstring(L, 2);
  int table = strcmp(name, "results") == 0    ? desk->results
              : strcmp(name, "receipts") == 0 ? desk->receipts
              : strcmp(name, "unheard") == 0  ? desk->unheard
                                              : desk->lines;
  lua_rawgeti(L, LUA_REGISTRYINDEX, table);
  return 1;
}

static int desk_known(lua_State *L) {
  struct channels_port port = dispatcher_port(check(L)->dispatcher);
  const char *name = luaL_checkstring(L, 2);
  lua_pushboolean(L, port.known(port.self, name));
  lua_pushstring(L, port.address_kind(port.self, name));
  lua_pushinteger(L, port.keyed(port.self, name));
  return 3;
}

static size_t read_headers(lua_State *L, int at, struct http_header *headers) {
  size_t count = 0;
  for (; count < 8; count++) {
    lua_rawgeti(L, at, (lua_Integer)(2 * count + 1));
    lua_rawgeti(L, at, (lua_Integer)(2 * count + 2));
    headers[count] = (struct http_header){lua_tostring(L, -2), lua_tostring(L, -1)};
    lua_pop(L, 2);  // both stay alive in the table
    if (!headers[count].name) break;
  }
  return count;
}

static void note_receipts(struct desk *desk, const char *channel,
                          const struct buf *list) {
  struct value all, item;
  if (!value_read(buf_text(list), list->len, &all)) return;
  struct value_iter iter = value_iterate(&all);
  while (value_next(&iter, NULL, &item)) {
    struct value id = value_field(&item, "id"), state = value_field(&item, "state"),
                 detail = value_field(&item, "detail");
    char *words[] = {value_copy_text(&id), value_copy_text(&state),
                     value_copy_text(&detail)};
    lua_pushfstring(desk->L, "%s %s %s %s", channel, words[0], words[1], words[2]);
    for (int i = 0; i < 3; i++) mem_free(words[i]);
    append(desk->L, desk->receipts);
  }
}

// receipt(channel, body, query, {name, value, …}, inbound) → status, body, encoded list
static int desk_receipt(lua_State *L) {
  struct desk *desk = check(L);
  struct http_header headers[8];
  struct dispatcher_callback callback = {
      .peer = "127.0.0.1", .method = "POST", .headers = headers};
  struct dispatcher_reply reply = {0};
  struct status status = {0};
  callback.body = luaL_checklstring(L, 3, &callback.body_len);
  callback.query = luaL_optstring(L, 4, NULL);
  callback.header_count = lua_istable(L, 5) ? read_headers(L, 5, headers) : 0;
  callback.which = lua_toboolean(L, 6) ? CHANNEL_INBOUND : CHANNEL_RECEIPT;
  int code = dispatcher_callback(desk->dispatcher, luaL_checkstring(L, 2), &callback,
                                 &reply, &status);
  lua_pushinteger(L, code == OK ? reply.status : 404);
  lua_pushstring(L, buf_text(&reply.body));
  note_receipts(desk, lua_tostring(L, 2), &reply.receipts);
  if (callback.which == CHANNEL_INBOUND)
    lua_pushlstring(L, buf_text(&reply.inbound), reply.inbound.len);
  buf_deinit(&reply.body);
  buf_deinit(&reply.receipts);
  buf_deinit(&reply.inbound);
  buf_deinit(&reply.calls);
  return callback.which == CHANNEL_INBOUND ? 3 : 2;
}

// listed() → encoded list of the channels
static int desk_listed(lua_State *L) {
  struct buf out = {0};
  dispatcher_list(check(L)->dispatcher, &out);
  lua_pushlstring(L, out.data, out.len);
  buf_deinit(&out);
  return 1;
}

static int desk_close(lua_State *L) {
  struct desk *desk = check(L);
  if (!desk->loop) return 0;
  dispatcher_stop(desk->dispatcher);
  pthread_mutex_unlock(&desk->lock);
  http_thread_free(desk->client);
  dispatcher_free(desk->dispatcher);
  loop_free(desk->loop);
  pthread_mutex_destroy(&desk->lock);
  desk->loop = NULL;
  return 0;
}

int luaopen_afterward_unit_link(lua_State *L) {
  static const luaL_Reg verbs[] = {{"start", desk_start},
                                   {"step", desk_step},
                                   {"stop", desk_stop},
                                   {"recall", desk_recall},
                                   {"load", desk_load},
                                   {"list", desk_list},
                                   {"known", desk_known},
                                   {"receipt", desk_receipt},
                                   {"listed", desk_listed},
                                   {"close", desk_close},
                                   {NULL, NULL}};
  luaL_newmetatable(L, kind);
  luaL_setfuncs(L, verbs, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_newtable(L);
  unit_link_gateway(L);
  lua_pushcfunction(L, desk_new);
  lua_setfield(L, -2, "dispatcher");
  return 1;
}
