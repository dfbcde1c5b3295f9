#include "io/http_server.h"

#include <stdio.h>

#include "base/mem.h"
#include "io/http_conn.h"

enum { BACKLOG = 511 };

void http_limits_init(struct http_limits *limits) {
  *limits = (struct http_limits){.header_bytes = 32 * 1024,
                                 .body_bytes = 8 * 1024 * 1024,
                                 .request_ms = 30000,
                                 .large_ms = 180000,
                                 .large = 8,
                                 .idle_ms = 75000,
                                 .answer_ms = 60000,
                                 .connections = 4096};
}

void http_server_release(struct http_server *server) {
  if (--server->handles == 0) mem_free(server);
}

static void on_deadline_closed(uv_handle_t *handle) { http_server_release(handle->data); }

static void on_listener_closed(uv_handle_t *handle) {
  struct http_listener *listener = handle->data;
  struct http_server *server = listener->server;
  mem_free(listener);
  http_server_release(server);
}

struct http_server *http_server_new(struct loop *loop,
                                    const struct http_server_config *config,
                                    struct status *status) {
  struct http_server *server = mem_alloc(sizeof *server);
  server->config = *config;
  server->config.trusted_proxies = NULL;
  if (http_nets_parse(&server->trusted, config->trusted_proxies, status) != OK) {
    mem_free(server);
    return NULL;
  }
  server->uv = loop_uv(loop);
  uv_timer_init(server->uv, &server->deadline);
  server->deadline.data = server;
  server->handles = 1;
  return server;
}

static void on_connection(uv_stream_t *stream, int failed) {
  struct http_listener *listener = stream->data;
  struct http_server *server = listener->server;
  if (failed < 0) return;
  unsigned served = server->counters.open - server->turned_away;
  bool refused = served >= server->config.limits.connections;
  server->counters.refused += refused;
  http_conn_accept(server, stream, refused);
}

static struct http_listener *listener_new(struct http_server *server) {
  struct http_listener *listener = mem_alloc(sizeof *listener);
  uv_tcp_init(server->uv, &listener->tcp);
  listener->tcp.data = listener;
  listener->server = server;
  listener->next = server->listeners;
  server->listeners = listener;
  server->handles++;
  return listener;
}

static int listener_bind(struct http_listener *listener, const char *host, int port) {
  char service[8];
  snprintf(service, sizeof service, "%d", port);
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
  uv_getaddrinfo_t lookup;
  int result = uv_getaddrinfo(listener->server->uv, &lookup, NULL, host, service, &hints);
  if (result < 0) return result;
  result = uv_tcp_bind(&listener->tcp, lookup.addrinfo->ai_addr, 0);
  uv_freeaddrinfo(lookup.addrinfo);
  return result < 0 ? result
                    : uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
}

static int listener_port(struct http_listener *listener) {
  struct sockaddr_storage address;
  int len = sizeof address;
  uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&address, &len);
  return ntohs(address.ss_family == AF_INET6
                   ? ((struct sockaddr_in6 *)&address)->sin6_port
                   : ((struct sockaddr_in *)&address)->sin_port);
}

static void listener_close_first(struct http_server *server) {
  struct http_listener *listener = server->listeners;
  server->listeners = listener->next;
  uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
}

int http_server_listen(struct http_server *server, const char *host, int port,
                       struct status *status) {
  if (port < 0 || port > 65535)
    return status_fail(status, ERR_INVALID, "listen: port %d; use 0 to 65535", port);
  struct http_listener *listener = listener_new(server);
  int result = listener_bind(listener, host, port);
  if (result == 0) return listener_port(listener);
  listener_close_first(server);
  return status_fail(
      status, ERR_IO,
      "listen: %.200s port %d: %s; choose an address of this machine and a "
      "free port",
      host, port, uv_strerror(result));
}

static void conns_close(struct http_server *server) {
  while (server->conns) http_conn_close(server->conns);
}

static void on_deadline(uv_timer_t *timer) {
  struct http_server *server = timer->data;
  void (*done)(void *ctx) = server->done;
  server->done = NULL;
  conns_close(server);
  if (done) done(server->done_ctx);
}

// done never runs inside a caller's stack, so it waits for the timer.
static void stop_check(struct http_server *server) {
  if (server->stopping && server->done && !server->conns && !server->freed)
    uv_timer_start(&server->deadline, on_deadline, 0, 0);
}

void http_server_stop(struct http_server *server, int64_t grace_ms,
                      void (*done)(void *ctx), void *ctx) {
  server->stopping = true;
  server->done = done;
  server->done_ctx = ctx;
  while (server->listeners) listener_close_first(server);
  uv_timer_start(&server->deadline, on_deadline, (uint64_t)grace_ms, 0);
  for (struct http_conn *conn = server->conns, *next; conn; conn = next) {
    next = conn->next;
    http_conn_retire(conn);
  }
  stop_check(server);
}

void http_server_conn_gone(struct http_server *server, struct http_conn *conn) {
  if (conn->prev)
    conn->prev->next = conn->next;
  else
    server->conns = conn->next;
  if (conn->next) conn->next->prev = conn->prev;
  server->counters.open--;
  server->turned_away -= conn->turned_away;
  stop_check(server);
}

void http_server_free(struct http_server *server) {
  if (!server) return;
  server->freed = true;
  while (server->listeners) listener_close_first(server);
  conns_close(server);
  uv_close((uv_handle_t *)&server->deadline, on_deadline_closed);
}

const struct http_counters *http_server_counters(const struct http_server *server) {
  return &server->counters;
}

const char *http_server_date(struct http_server *server) {
  int64_t now = (int64_t)uv_now(server->uv);
  if (!server->date[0] || now - server->date_at >= 500) {
    http_date_put(server->date, sizeof server->date);
    server->date_at = now;
  }
  return server->date;
}
