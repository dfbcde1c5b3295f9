// require "afterward.channel": a plugin opened in its sandbox for specs, and messages
// that go through the engine's own HTTP client to a peer of the spec's; no daemon, no
// store.
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "base/embed.h"
#include "base/log.h"
#include "base/mem.h"
#include "channels_parts.h"
#include "io/http_thread.h"
#include "io/loop.h"
#include "link/dispatcher.h"
#include "script/values.h"
#include "secrets.h"

int luaopen_afterward_channel(lua_State *L);
extern const struct embedded channel_lua[];
static const char kind[] = "afterward.channel";

struct bench {  // one channel and what it needs to send
  struct plugin *plugin;
  struct loop *loop;
  struct http_thread *client;
  struct dispatcher *dispatcher;  // owns the plugin
  int64_t now;
  struct channel_result result;
  bool settled;
};

static void take_result(void *self, int64_t attempt,
                        const struct channel_result *result) {
  struct bench *bench = self;
  (void)attempt;
  bench->result = *result;
  bench->settled = true;
}

static int64_t now(void *self) { return ((struct bench *)self)->now; }

static int refuse(lua_State *L, const struct status *status) {
  lua_pushnil(L);
  lua_pushstring(L, status->text);
  return 2;
}

static struct bench *check(lua_State *L) {
  struct bench *bench = luaL_checkudata(L, 1, kind);
  luaL_argcheck(L, bench->dispatcher, 1, "is closed");
  return bench;
}

static void encode(lua_State *L, int at, struct buf *bytes, struct value *value) {
  struct status status = {0};
  if (values_encode(L, at, NULL, bytes, &status) != OK) luaL_error(L, "%s", status.text);
  value_read_front(bytes->data, bytes->len, value);
}

static int answer(lua_State *L, int code, struct buf *out, struct status *status) {
  struct value value;
  int results = 1;
  if (code != OK || !value_read(out->data, out->len, &value) ||
      values_push(L, &value, status) != OK)
    results = refuse(L, status);
  buf_deinit(out);
  return results;
}

static int ask(lua_State *L, plugin_ask *asked) {
  struct bench *bench = check(L);
  struct buf message = {0}, out = {0};
  struct value value;
  struct status status = {0};
  encode(L, 2, &message, &value);
  int code = asked
                 ? asked(bench->plugin, &value, &out, &status)
                 : status_fail(&status, ERR_NOT_FOUND, "the plugin has no such function");
  buf_deinit(&message);
  return answer(L, code, &out, &status);
}

static int judge(lua_State *L, plugin_judge *judged) {
  struct bench *bench = check(L);
  struct buf response = {0}, message = {0}, out = {0};
  struct value said, sent;
  struct status status = {0};
  encode(L, 2, &response, &said);
  encode(L, 3, &message, &sent);
  int code = judged
                 ? judged(bench->plugin, &said, &sent, &out, &status)
                 : status_fail(&status, ERR_NOT_FOUND, "the plugin has no such function");
  buf_deinit(&response);
  buf_deinit(&message);
  return answer(L, code, &out, &status);
}

static int plugin_pull_by(void *self, const struct value *state, struct buf *request,
                          struct status *status) {
  return plugin_pull(self, state, request, status);
}

static int plugin_pulled_by(void *self, const struct value *response,
                            const struct value *state, struct buf *out,
                            struct status *status) {
  return plugin_pulled(self, response, state, out, status);
}

static int hear(lua_State *L, plugin_hear *heard) {
  struct bench *bench = check(L);
  struct buf request = {0}, out = {0};
  struct value value;
  struct status status = {0};
  encode(L, 2, &request, &value);
  int code = heard
                 ? heard(bench->plugin, &value, &out, &status)
                 : status_fail(&status, ERR_NOT_FOUND, "the plugin has no such function");
  buf_deinit(&request);
  return answer(L, code, &out, &status);
}

static struct plugin_port port(lua_State *L) {
  return channels_port_of(check(L)->plugin);
}

static int channel_pull(lua_State *L) { return ask(L, plugin_pull_by); }
static int channel_pulled(lua_State *L) { return judge(L, plugin_pulled_by); }

static int channel_send(lua_State *L) { return ask(L, port(L).send); }
static int channel_query(lua_State *L) { return ask(L, port(L).query); }
static int channel_result_of(lua_State *L) { return judge(L, port(L).result); }
static int channel_queried(lua_State *L) { return judge(L, port(L).queried); }
static int channel_receipt(lua_State *L) { return hear(L, port(L).receipt); }
static int channel_inbound(lua_State *L) { return hear(L, port(L).inbound); }

enum { ARGUMENTS = 8 };

// call(name, values…) → list of what the function of that name in the plugin returns
static int channel_call_any(lua_State *L) {
  struct bench *bench = check(L);
  int count = lua_gettop(L) - 2;
  const char *name = luaL_checkstring(L, 2);
  luaL_argcheck(L, count <= ARGUMENTS, 3, "too many values");
  struct buf bytes[ARGUMENTS] = {{0}}, out = {0};
  struct value values[ARGUMENTS];
  const struct value *pointers[ARGUMENTS];
  struct status status = {0};
  for (int i = 0; i < count; i++) {
    encode(L, i + 3, &bytes[i], &values[i]);
    pointers[i] = &values[i];
  }
  int code = plugin_call(bench->plugin, name, pointers, count, &out, &status);
  for (int i = 0; i < count; i++) buf_deinit(&bytes[i]);
  return answer(L, code, &out, &status);
}

static void set_flag(lua_State *L, const char *name, bool flag) {
  lua_pushboolean(L, flag);
  lua_setfield(L, -2, name);
}

static int channel_can(lua_State *L) {
  const struct plugin_info *info = plugin_info(check(L)->plugin);
  lua_newtable(L);
  lua_pushstring(L, info->name);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, info->address);
  lua_setfield(L, -2, "address");
  lua_pushinteger(L, info->keyed_ms);
  lua_setfield(L, -2, "keyed");
  lua_pushinteger(L, info->max_length);
  lua_setfield(L, -2, "max_length");
  set_flag(L, "merges", info->merges);
  set_flag(L, "links", info->links);
  set_flag(L, "receipts", info->receipts);
  set_flag(L, "reads", info->reads);
  set_flag(L, "queryable", info->queryable);
  set_flag(L, "inbound", info->inbound);
  if (info->dials) set_flag(L, "dials", true);
  if (info->robot) set_flag(L, "robot", true);
  set_flag(L, "scenes", info->scenes);
  lua_pushstring(L, info->approved);
  lua_setfield(L, -2, "approved");
  set_flag(L, "approved_only", info->approved_only);
  return 1;
}

static const char *field(lua_State *L, int at, const char *name) {
  lua_getfield(L, at, name);
  const char *text = lua_tostring(L, -1);
  lua_pop(L, 1);  // stays alive in the table
  return text ? text : "";
}

static int64_t number(lua_State *L, int at, const char *name) {
  lua_getfield(L, at, name);
  int64_t value = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return value;
}

// start(message, query): it is on its way.
static int channel_start(lua_State *L) {
  struct bench *bench = check(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_getfield(L, 2, "safety");
  struct outgoing outgoing = {.attempt = 1,
                              .message = 1,
                              .channel = "it",
                              .address = field(L, 2, "to"),
                              .key = field(L, 2, "key"),
                              .text = field(L, 2, "text"),
                              .program = field(L, 2, "program"),
                              .color = field(L, 2, "color"),
                              .class_ = field(L, 2, "class"),
                              .safety = lua_toboolean(L, -1),
                              .started_at = number(L, 2, "sent"),
                              .query = lua_toboolean(L, 3)};
  struct channels_port sender = dispatcher_port(bench->dispatcher);
  bench->now = number(L, 2, "now");
  bench->settled = false;
  sender.start(sender.self, &outgoing);
  return 0;
}

// step() → its result, or nothing yet
static int channel_step(lua_State *L) {
  static const char *const kinds[] = {"accepted",  "retry",  "delayed",
                                      "permanent", "config", "ambiguous"};
  struct bench *bench = check(L);
  loop_step(bench->loop, 2);
  if (!bench->settled) return 0;
  lua_newtable(L);
  lua_pushstring(L, kinds[bench->result.kind]);
  lua_setfield(L, -2, "result");
  lua_pushstring(L, bench->result.provider_id);
  lua_setfield(L, -2, "id");
  lua_pushstring(L, bench->result.detail);
  lua_setfield(L, -2, "detail");
  lua_pushinteger(L, bench->result.until_ms);
  lua_setfield(L, -2, "until_ms");
  return 1;
}

static int channel_close(lua_State *L) {
  struct bench *bench = luaL_checkudata(L, 1, kind);
  if (!bench->dispatcher) return 0;
  dispatcher_stop(bench->dispatcher);
  http_thread_free(bench->client);
  dispatcher_free(bench->dispatcher);
  loop_free(bench->loop);
  bench->dispatcher = NULL;
  return 0;
}

static void open_bench(lua_State *L, struct plugin *plugin, const char *ca_file) {
  struct bench *bench = lua_newuserdatauv(L, sizeof *bench, 0);
  struct status status = {0};
  struct channel_abilities can;
  *bench = (struct bench){.plugin = plugin, .loop = loop_new()};
  bench->client =
      http_thread_new(bench->loop, &(struct http_client_config){.ca_file = ca_file});
  bench->dispatcher = dispatcher_new(
      &(struct dispatcher_sink){.self = bench, .result = take_result, .now = now});
  channels_abilities(plugin, &can);
  struct channel_http_config config = {.name = "it",
                                       .can = &can,
                                       .timeout_ms = 2000,
                                       .ask_ms = 10,
                                       .client = bench->client,
                                       .loop = bench->loop};
  struct plugin_port sender = channels_port_of(plugin);
  dispatcher_add(bench->dispatcher, channel_http_new(&config, &sender), &status);
  luaL_setmetatable(L, kind);
}

// open(file, text, channel's name, settings, certificates to trust) → channel, or nil and
// why not
static int channel_open(lua_State *L) {
  struct plugin_source source = {.file = luaL_checkstring(L, 1), .role = PLUGIN_ANY};
  struct buf given = {0}, settings = {0};
  struct value value;
  struct status status = {0};
  struct plugin *plugin = NULL;
  source.text = luaL_checklstring(L, 2, &source.len);
  const char *name = luaL_checkstring(L, 3);
  encode(L, 4, &given, &value);
  int code = secrets_read(&value, &settings, &status);
  if (code) status_prefix(&status, "channel \"%s\"", name);
  if (!code && value_read(settings.data, settings.len, &value))
    code = plugin_open(&plugin, &source, name, &value, &status);
  buf_deinit(&given);
  buf_deinit(&settings);
  if (code) return refuse(L, &status);
  open_bench(L, plugin, luaL_optstring(L, 5, NULL));
  return 1;
}

int luaopen_afterward_channel(lua_State *L) {
  static const luaL_Reg verbs[] = {{"send", channel_send},
                                   {"query", channel_query},
                                   {"result", channel_result_of},
                                   {"queried", channel_queried},
                                   {"receipt", channel_receipt},
                                   {"inbound", channel_inbound},
                                   {"pull", channel_pull},
                                   {"pulled", channel_pulled},
                                   {"call", channel_call_any},
                                   {"can", channel_can},
                                   {"start", channel_start},
                                   {"step", channel_step},
                                   {"close", channel_close},
                                   {"__gc", channel_close},
                                   {NULL, NULL}};
  log_set_level(LOG_LEVEL_ERROR);
  luaL_newmetatable(L, kind);
  luaL_setfuncs(L, verbs, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  if (luaL_loadbuffer(L, channel_lua[0].text, channel_lua[0].length,
                      "@afterward/channel.lua"))
    return lua_error(L);
  lua_pushcfunction(L, channel_open);
  lua_call(L, 1, 1);
  return 1;
}
