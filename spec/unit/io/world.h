// A loop and what specs put on it: servers, raw sockets, a client. Freed together.
#pragma once

#include <lauxlib.h>
#include <lua.h>
#include <uv.h>

#include "base/buf.h"
#include "io/http_client.h"
#include "io/http_front.h"
#include "io/http_server.h"
#include "io/loop.h"

enum { WORLD_THINGS = 256, RAW_LIMIT = 64 * 1024 * 1024 };

struct world;

struct raw {  // one TCP end that does only what it is told
  uv_tcp_t tcp;
  struct world *world;
  struct buf got;
  const char *state;  // "connecting" "open" "eof" "error" "closed"
  bool accepted;      // came from a listener and was not asked for yet
  bool done;          // its handle is closing
  bool listening;
};

struct served {  // one of the two
  struct http_server *server;
  struct http_front *front;
  struct world *world;
  int handler;
};

struct asked {
  struct world *world;
  int done;
  struct http_exchange *exchange;
};

struct world {
  struct loop *loop;
  lua_State *lua;  // of the call that steps the loop
  int failure;     // registry reference of the first error in a callback
  struct raw *raws[WORLD_THINGS];
  size_t raw_count;
  struct served *servers[WORLD_THINGS];
  size_t server_count;
  struct http_request *requests[WORLD_THINGS];  // waiting for an answer
  struct http_client *client;
};

struct world *world_check(lua_State *L);
// Calls the function below its arguments; keeps an error for the next step.
void world_call(struct world *world, int arguments);
void world_raws_free(struct world *world);
void served_free(struct served *served);  // not its memory
extern const luaL_Reg world_raw_verbs[], world_server_verbs[], world_client_verbs[];
extern const luaL_Reg pure_verbs[], world_beside_verbs[];
