// The server, with a Lua function as its handler.
#include <string.h>

#include "base/mem.h"
#include "world.h"

static void field_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void push_request(lua_State *L, const struct http_request *request, size_t slot) {
  lua_newtable(L);
  field_text(L, "method", request->method);
  field_text(L, "path", request->path);
  field_text(L, "query", request->query);
  field_text(L, "peer", request->peer);
  lua_pushinteger(L, request->refused);
  lua_setfield(L, -2, "refused");
  lua_pushlstring(L, request->body, request->body_len);
  lua_setfield(L, -2, "body");
  lua_pushinteger(L, (lua_Integer)slot + 1);
  lua_setfield(L, -2, "slot");
  lua_newtable(L);
  for (size_t i = 0; i < request->header_count; i++)
    field_text(L, request->headers[i].name, request->headers[i].value);
  lua_setfield(L, -2, "headers");
}

static void on_request(void *ctx, struct http_request *request) {
  struct served *served = ctx;
  struct world *world = served->world;
  size_t slot = 0;
  while (world->requests[slot]) slot++;
  world->requests[slot] = request;
  lua_rawgeti(world->lua, LUA_REGISTRYINDEX, served->handler);
  push_request(world->lua, request, slot);
  world_call(world, 1);
}

// What begins with /large may bring ten times the usual body.
static struct http_room room(void *ctx, const struct http_request *request) {
  (void)ctx;
  bool large = strncmp(request->path, "/large", 6) == 0;
  return (struct http_room){large ? 10000 : 1000, large};
}

static lua_Integer option(lua_State *L, const char *name, lua_Integer otherwise) {
  lua_getfield(L, 3, name);
  lua_Integer number = luaL_optinteger(L, -1, otherwise);
  lua_pop(L, 1);
  return number;
}

static void limits_read(lua_State *L, struct http_limits *limits) {
  http_limits_init(limits);
  limits->header_bytes = (size_t)option(L, "header_bytes", 4096);
  limits->body_bytes = (size_t)option(L, "body_bytes", 65536);
  limits->request_ms = option(L, "request_ms", 10000);
  limits->idle_ms = option(L, "idle_ms", 10000);
  limits->answer_ms = option(L, "answer_ms", 10000);
  limits->large_ms = option(L, "large_ms", 10000);
  limits->large = (unsigned)option(L, "large", 2);
  limits->connections = (unsigned)option(L, "connections", 100);
}

static int open_server(struct served *served, const struct http_server_config *config,
                       struct status *status) {
  served->server = http_server_new(served->world->loop, config, status);
  return served->server ? http_server_listen(served->server, "127.0.0.1", 0, status)
                        : status->code;
}

static int open_front(struct served *served, const struct http_server_config *config,
                      struct status *status) {
  served->front = http_front_new(served->world->loop, config, status);
  if (!served->front) return status->code;
  int port = http_front_listen(served->front, "127.0.0.1", 0, status);
  http_front_start(served->front);
  return port;
}

void served_free(struct served *served) {
  if (served->server) http_server_free(served->server);
  http_front_free(served->front);
}

// serve(handler, {limits…, trusted=, beside=on a thread of its own}) gives the port and
// the server's number.
static int world_serve(lua_State *L) {
  struct world *world = world_check(L);
  luaL_checktype(L, 3, LUA_TTABLE);
  struct served *served = mem_alloc(sizeof *served);
  world->servers[world->server_count++] = served;
  served->world = world;
  lua_pushvalue(L, 2);
  served->handler = luaL_ref(L, LUA_REGISTRYINDEX);
  struct http_server_config config = {.handle = on_request, .ctx = served};
  limits_read(L, &config.limits);
  lua_getfield(L, 3, "rooms");
  if (lua_toboolean(L, -1)) config.room = room;
  lua_getfield(L, 3, "trusted");
  config.trusted_proxies = lua_tostring(L, -1);
  struct status status = {0};
  lua_getfield(L, 3, "beside");
  int port = lua_toboolean(L, -1) ? open_front(served, &config, &status)
                                  : open_server(served, &config, &status);
  if (port < 0) return luaL_error(L, "%s", status.text);
  lua_pushinteger(L, port);
  lua_pushinteger(L, (lua_Integer)world->server_count);
  return 2;
}

static struct served *served_check(lua_State *L, struct world *world) {
  lua_Integer index = luaL_checkinteger(L, 2);
  luaL_argcheck(L, index >= 1 && (size_t)index <= world->server_count, 2, "no server");
  return world->servers[index - 1];
}

// listen_more(server, host, port): the port, or nil and why not.
static int world_listen_more(lua_State *L) {
  struct served *served = served_check(L, world_check(L));
  struct status status = {0};
  int port = http_server_listen(served->server, luaL_checkstring(L, 3),
                                (int)luaL_checkinteger(L, 4), &status);
  if (port >= 0) return lua_pushinteger(L, port), 1;
  lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}

// respond(slot, status, headers, body); with a string for headers it is a problem's
// detail.
static int world_respond(lua_State *L) {
  struct world *world = world_check(L);
  lua_Integer slot = luaL_checkinteger(L, 2);
  int status = (int)luaL_checkinteger(L, 3);
  struct http_request *request = world->requests[slot - 1];
  luaL_argcheck(L, request, 2, "answered already");
  world->requests[slot - 1] = NULL;
  if (lua_type(L, 4) == LUA_TSTRING)
    return http_respond_problem(request, status, lua_tostring(L, 4)), 0;
  struct http_header headers[16];
  size_t count = 0, len;
  if (lua_istable(L, 4))
    for (lua_pushnil(L); lua_next(L, 4) && count < 16; lua_pop(L, 1))
      headers[count++] = (struct http_header){lua_tostring(L, -2), lua_tostring(L, -1)};
  const char *body = luaL_optlstring(L, 5, "", &len);
  http_respond(request, status, headers, count, body, len);
  return 0;
}

static void on_done(void *ctx) {
  struct served *served = ctx;
  lua_rawgeti(served->world->lua, LUA_REGISTRYINDEX, served->handler);
  world_call(served->world, 0);
}

// stop(server, grace_ms, done)
static int world_stop(lua_State *L) {
  struct served *served = served_check(L, world_check(L));
  lua_pushvalue(L, 4);
  served->handler = luaL_ref(L, LUA_REGISTRYINDEX);
  if (served->front)
    http_front_stop(served->front, luaL_checkinteger(L, 3), on_done, served);
  else
    http_server_stop(served->server, luaL_checkinteger(L, 3), on_done, served);
  return 0;
}

static int world_counters(lua_State *L) {
  struct served *served = served_check(L, world_check(L));
  const struct http_counters *counters = served->front
                                             ? http_front_counters(served->front)
                                             : http_server_counters(served->server);
  lua_newtable(L);
  const struct {
    const char *name;
    uint64_t value;
  } fields[] = {{"requests", counters->requests}, {"open", counters->open},
                {"ok", counters->by_class[2]},    {"wrong", counters->by_class[4]},
                {"bytes_in", counters->bytes_in}, {"bytes_out", counters->bytes_out},
                {"accepted", counters->accepted}, {"refused", counters->refused}};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    lua_pushinteger(L, (lua_Integer)fields[i].value);
    lua_setfield(L, -2, fields[i].name);
  }
  return 1;
}

const luaL_Reg world_server_verbs[] = {{"serve", world_serve},
                                       {"respond", world_respond},
                                       {"listen_more", world_listen_more},
                                       {"stop", world_stop},
                                       {"counters", world_counters},
                                       {NULL, NULL}};
