#define _GNU_SOURCE
#include "gateway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PEERS = 64, LONGEST = 65536 };
static const char kind[] = "afterward.unit.gateway";

struct peer {
  int fd;  // -1: none
  bool done;
  size_t len;
  char got[LONGEST + 1];
};

struct gateway {
  int fd, port, peak, open;  // peak: most requests unanswered at once
  struct peer *peers;
};

static struct gateway *check(lua_State *L) { return luaL_checkudata(L, 1, kind); }

static int gateway_new(lua_State *L) {
  struct gateway *gateway = lua_newuserdatauv(L, sizeof *gateway, 0);
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t len = sizeof at;
  memset(gateway, 0, sizeof *gateway);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  gateway->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bind(gateway->fd, (struct sockaddr *)&at, len) || listen(gateway->fd, 64) ||
      getsockname(gateway->fd, (struct sockaddr *)&at, &len))
    return luaL_error(L, "no gateway: %s", strerror(errno));
  gateway->port = ntohs(at.sin_port);
  gateway->peers = calloc(PEERS, sizeof *gateway->peers);
  for (int i = 0; i < PEERS; i++) gateway->peers[i].fd = -1;
  luaL_setmetatable(L, kind);
  return 1;
}

static void drop(struct peer *peer, bool reset) {
  struct linger now = {1, 0};
  if (reset) setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(peer->fd);
  peer->fd = -1;
}

static void accept_new(struct gateway *gateway) {
  for (int i = 0; i < PEERS; i++) {
    struct peer *peer = &gateway->peers[i];
    if (peer->fd >= 0) continue;
    peer->fd = accept4(gateway->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    peer->len = 0;
    peer->done = false;
    if (peer->fd < 0) return;
  }
}

static bool whole(const struct peer *peer) {
  const char *body = strstr(peer->got, "\r\n\r\n");
  const char *length = strstr(peer->got, "Content-Length: ");
  if (!body) return false;
  size_t want = length && length < body ? strtoul(length + 16, NULL, 10) : 0;
  return peer->len >= (size_t)(body + 4 - peer->got) + want;
}

// The spec's function gets the request and gives the answer's bytes, "reset", or nil to
// leave the peer waiting.
static void answer(lua_State *L, struct peer *peer) {
  peer->done = true;
  lua_pushvalue(L, 2);
  lua_pushlstring(L, peer->got, peer->len);
  lua_call(L, 1, 1);
  const char *text = lua_tostring(L, -1);
  if (text && strcmp(text, "reset") == 0) {
    drop(peer, true);
  } else if (text) {
    bool kept = strstr(text, "Connection: keep-alive") != NULL;
    bool sent = send(peer->fd, text, strlen(text), MSG_NOSIGNAL) >= 0;
    peer->len = 0;
    peer->done = !sent;
    if (!sent || !kept) drop(peer, false);
  }
  lua_pop(L, 1);
}

static void serve(lua_State *L, struct peer *peer) {
  ssize_t got = recv(peer->fd, peer->got + peer->len, LONGEST - peer->len, 0);
  if (got == 0 || (got < 0 && errno != EAGAIN)) {
    drop(peer, false);
    return;
  }
  if (got > 0) peer->len += (size_t)got;
  peer->got[peer->len] = '\0';
  if (!peer->done && whole(peer)) answer(L, peer);
}

static int gateway_poll(lua_State *L) {
  struct gateway *gateway = check(L);
  accept_new(gateway);
  int open = 0;
  for (int i = 0; i < PEERS; i++) open += gateway->peers[i].fd >= 0;
  if (open > gateway->peak) gateway->peak = open;
  for (int i = 0; i < PEERS; i++)
    if (gateway->peers[i].fd >= 0) serve(L, &gateway->peers[i]);
  return 0;
}

static int gateway_port(lua_State *L) {
  lua_pushinteger(L, check(L)->port);
  return 1;
}

static int gateway_peak(lua_State *L) {
  lua_pushinteger(L, check(L)->peak);
  return 1;
}

static int gateway_close(lua_State *L) {
  struct gateway *gateway = check(L);
  if (!gateway->peers) return 0;
  for (int i = 0; i < PEERS; i++)
    if (gateway->peers[i].fd >= 0) drop(&gateway->peers[i], false);
  close(gateway->fd);
  free(gateway->peers);
  gateway->peers = NULL;
  return 0;
}

void unit_link_gateway(lua_State *L) {
  static const luaL_Reg verbs[] = {{"poll", gateway_poll},  {"port", gateway_port},
                                   {"peak", gateway_peak},  {"close", gateway_close},
                                   {"__gc", gateway_close}, {NULL, NULL}};
  luaL_newmetatable(L, kind);
  luaL_setfuncs(L, verbs, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, gateway_new);
  lua_setfield(L, -2, "gateway");
}
