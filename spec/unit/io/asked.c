// The client, and the functions that need no loop.
#include <string.h>

#include "base/mem.h"
#include "io/http_chunked.h"
#include "io/http_multipart.h"
#include "io/http_peer.h"
#include "world.h"

static void push_result(lua_State *L, const struct http_result *result) {
  static const char *const outcomes[] = {"answered", "not_sent", "ambiguous"};
  lua_newtable(L);
  lua_pushstring(L, outcomes[result->outcome]);
  lua_setfield(L, -2, "outcome");
  lua_pushinteger(L, result->status);
  lua_setfield(L, -2, "status");
  lua_pushlstring(L, result->body, result->body_len);
  lua_setfield(L, -2, "body");
  lua_pushstring(L, result->error);
  lua_setfield(L, -2, "error");
  lua_newtable(L);
  for (size_t i = 0; i < result->header_count; i++) {
    lua_pushstring(L, result->headers[i].value);
    lua_setfield(L, -2, result->headers[i].name);
  }
  lua_setfield(L, -2, "headers");
}

static void on_done(void *ctx, const struct http_result *result) {
  struct asked *asked = ctx;
  struct world *world = asked->world;
  lua_State *L = world->lua;
  lua_rawgeti(L, LUA_REGISTRYINDEX, asked->done);
  luaL_unref(L, LUA_REGISTRYINDEX, asked->done);
  push_result(L, result);
  mem_free(asked);
  world_call(world, 1);
}

static lua_Integer number(lua_State *L, const char *name) {
  lua_getfield(L, 2, name);
  lua_Integer value = luaL_optinteger(L, -1, 0);
  lua_pop(L, 1);
  return value;
}

// Stays on the stack, and so alive.
static const char *text(lua_State *L, const char *name, const char *otherwise) {
  lua_getfield(L, 2, name);
  return luaL_optstring(L, -1, otherwise);
}

// client{connections=, per_host=}
static int world_client(lua_State *L) {
  struct world *world = world_check(L);
  struct http_client_config config = {
      .connections = (unsigned)number(L, "connections"),
      .per_host = (unsigned)number(L, "per_host"),
  };
  world->client = http_client_new(world->loop, &config);
  return 0;
}

static size_t headers_read(lua_State *L, struct http_header *headers) {
  size_t count = 0;
  lua_getfield(L, 2, "headers");
  if (!lua_istable(L, -1)) return 0;
  for (lua_pushnil(L); lua_next(L, -2) && count < 16; lua_pop(L, 1))
    headers[count++] = (struct http_header){lua_tostring(L, -2), lua_tostring(L, -1)};
  return count;
}

// ask({url=, method=, …}, done) gives a handle, or nil and why not.
static int world_ask(lua_State *L) {
  struct world *world = world_check(L);
  if (!world->client)
    world->client = http_client_new(world->loop, &(struct http_client_config){0});
  struct http_header headers[16];
  struct http_call call = {.method = text(L, "method", "GET"),
                           .url = text(L, "url", NULL),
                           .body = text(L, "body", ""),
                           .connect_ms = number(L, "connect_ms"),
                           .total_ms = number(L, "total_ms"),
                           .max_body = (size_t)number(L, "max_body"),
                           .follow = number(L, "follow"),
                           .once = number(L, "once"),
                           .headers = headers,
                           .header_count = headers_read(L, headers)};
  call.body_len = strlen(call.body);
  struct asked *asked = mem_alloc(sizeof *asked);
  struct status status = {0};
  asked->world = world;
  lua_pushvalue(L, 3);
  asked->done = luaL_ref(L, LUA_REGISTRYINDEX);
  asked->exchange = http_client_send(world->client, &call, on_done, asked, &status);
  if (asked->exchange) return lua_pushlightuserdata(L, asked), 1;
  luaL_unref(L, LUA_REGISTRYINDEX, asked->done);
  mem_free(asked);
  lua_pushnil(L);
  lua_pushstring(L, status.text);
  return 2;
}

static int world_cancel(lua_State *L) {
  struct world *world = world_check(L);
  struct asked *asked = lua_touserdata(L, 2);
  http_client_cancel(world->client, asked->exchange);
  luaL_unref(L, LUA_REGISTRYINDEX, asked->done);
  mem_free(asked);
  return 0;
}

static int world_load(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)http_client_load(world_check(L)->client));
  return 1;
}

// Ends every call that is left, as a stopping engine does.
static int world_client_free(lua_State *L) {
  struct world *world = world_check(L);
  http_client_free(world->client);
  world->client = NULL;
  return 0;
}

const luaL_Reg world_client_verbs[] = {
    {"client", world_client},           {"ask", world_ask},
    {"cancel", world_cancel},           {"load", world_load},
    {"client_free", world_client_free}, {NULL, NULL}};

static int pure_form(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  struct http_form form;
  struct status status = {0};
  if (http_form_parse(&form, bytes, len, &status) != OK) {
    lua_pushnil(L);
    lua_pushstring(L, status.text);
    return 2;
  }
  lua_newtable(L);
  for (size_t i = 0; i < form.count; i++) {
    lua_pushfstring(L, "%s=%s", form.fields[i].name, form.fields[i].value);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  http_form_deinit(&form);
  return 1;
}

// multipart(type, body): "name=text" and "name:file bytes", or nil and why
static int pure_multipart(lua_State *L) {
  size_t len;
  const char *type = luaL_checkstring(L, 1), *body = luaL_checklstring(L, 2, &len);
  struct http_form form;
  struct http_files files;
  struct status status = {0};
  if (http_multipart_parse(&form, &files, type, body, len, &status) != OK) {
    lua_pushnil(L);
    lua_pushstring(L, status.text);
    return 2;
  }
  lua_newtable(L);
  lua_Integer count = 0;
  for (size_t i = 0; i < form.count; i++) {
    lua_pushfstring(L, "%s=%s", form.fields[i].name, form.fields[i].value);
    lua_rawseti(L, -2, ++count);
  }
  for (size_t i = 0; i < files.count; i++) {
    lua_pushfstring(L, "%s:", files.items[i].name);
    lua_pushlstring(L, files.items[i].bytes, files.items[i].len);
    lua_concat(L, 2);
    lua_rawseti(L, -2, ++count);
  }
  http_form_deinit(&form);
  return 1;
}

static int pure_path(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  struct buf out = {0};
  if (http_path_decode(&out, bytes, len))
    lua_pushlstring(L, out.data, out.len);
  else
    lua_pushnil(L);
  buf_deinit(&out);
  return 1;
}

static int pure_encode(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  struct buf out = {0};
  http_percent_encode(&out, bytes, len);
  lua_pushstring(L, buf_text(&out));
  buf_deinit(&out);
  return 1;
}

// chunked(bytes, piece): the body and how many bytes it took, or nil and what is wrong;
// piece is how many bytes are fed at a time.
static int pure_chunked(lua_State *L) {
  static const char *const words[] = {"more", "end", "broken", "too long"};
  size_t len, at = 0, took, piece = (size_t)luaL_checkinteger(L, 2);
  const char *bytes = luaL_checklstring(L, 1, &len);
  struct http_chunked chunked = {.max_body = 100, .max_extra = 50};
  struct buf body = {0};
  enum chunked_result result = CHUNKED_MORE;
  for (; at < len && result == CHUNKED_MORE; at += took)
    result = http_chunked_feed(&chunked, bytes + at, len - at < piece ? len - at : piece,
                               &took, &body);
  if (result == CHUNKED_END)
    lua_pushlstring(L, buf_text(&body), body.len);
  else
    lua_pushnil(L);
  buf_deinit(&body);
  if (result == CHUNKED_END)
    lua_pushinteger(L, (lua_Integer)at);
  else
    lua_pushstring(L, words[result]);
  return 2;
}

// peer(socket, trusted, {forwarded…})
static int pure_peer(lua_State *L) {
  struct http_header headers[8];
  struct http_nets nets;
  struct status status = {0};
  char peer[HTTP_PEER_SIZE];
  size_t count = (size_t)lua_rawlen(L, 3);
  if (http_nets_parse(&nets, luaL_checkstring(L, 2), &status) != OK) {
    lua_pushnil(L);
    lua_pushstring(L, status.text);
    return 2;
  }
  for (size_t i = 0; i < count && i < 8; i++) {
    lua_rawgeti(L, 3, (lua_Integer)i + 1);
    headers[i] = (struct http_header){"x-forwarded-for", lua_tostring(L, -1)};
  }
  http_peer_find(peer, luaL_checkstring(L, 1), headers, count, &nets);
  lua_pushstring(L, peer);
  return 1;
}

const luaL_Reg pure_verbs[] = {{"form", pure_form},
                               {"path", pure_path},
                               {"encode", pure_encode},
                               {"chunked", pure_chunked},
                               {"peer", pure_peer},
                               {"multipart", pure_multipart},
                               {NULL, NULL}};
