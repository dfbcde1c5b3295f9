#include "io/http_conn.h"

#include "base/mem.h"

enum { SLIM_SIZE = 16384, LINGER_MS = 2000 };

static void on_closed(uv_handle_t *handle) {
  struct http_conn *conn = handle->data;
  if (--conn->handles) return;
  struct http_server *server = conn->server;
  buf_deinit(&conn->in);
  buf_deinit(&conn->out);
  buf_deinit(&conn->sending);
  mem_free(conn);
  http_server_release(server);
}

void http_conn_close(struct http_conn *conn) {
  if (conn->state == CONN_CLOSED) return;
  if (conn->state == CONN_HANDLE && conn->request)
    http_request_leave(conn->request);
  else
    http_request_free(conn->request);
  conn->request = NULL;
  http_conn_move(conn, CONN_CLOSED);
  uv_close((uv_handle_t *)&conn->tcp, on_closed);
  uv_close((uv_handle_t *)&conn->timer, on_closed);
  http_server_conn_gone(conn->server, conn);
}

static void on_timer(uv_timer_t *timer) {
  struct http_conn *conn = timer->data;
  if (conn->timing != TIME_REQUEST && conn->timing != TIME_LARGE) {
    http_conn_close(conn);
    return;
  }
  http_conn_refuse(conn, 408, "the request took too long to arrive");
  http_conn_tick(conn);
}

static enum conn_timing timing_wanted(const struct http_conn *conn) {
  switch (conn->state) {
    case CONN_HEAD: return conn->at < conn->in.len ? TIME_REQUEST : TIME_IDLE;
    case CONN_BODY: return conn->request->room.large ? TIME_LARGE : TIME_REQUEST;
    case CONN_DRAIN: return TIME_ANSWER;
    case CONN_LINGER: return TIME_LINGER;
    case CONN_HANDLE:
    case CONN_CLOSED: break;
  }
  return TIME_NONE;
}

static void settle_timer(struct http_conn *conn) {
  const struct http_limits *limits = &conn->server->config.limits;
  enum conn_timing wanted = timing_wanted(conn);
  if (conn->timing == TIME_REQUEST && wanted == TIME_IDLE) wanted = TIME_REQUEST;
  if (wanted == conn->timing && wanted != TIME_NONE) return;
  int64_t ms[] = {[TIME_IDLE] = limits->idle_ms,
                  [TIME_REQUEST] = limits->request_ms,
                  [TIME_LARGE] = limits->large_ms,
                  [TIME_ANSWER] = limits->answer_ms,
                  [TIME_LINGER] = LINGER_MS};
  conn->timing = wanted;
  if (wanted == TIME_NONE)
    uv_timer_stop(&conn->timer);
  else
    uv_timer_start(&conn->timer, on_timer, (uint64_t)ms[wanted], 0);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *space) {
  struct http_conn *conn = handle->data;
  (void)suggested;
  *space = uv_buf_init(conn->server->scratch, HTTP_READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *space) {
  struct http_conn *conn = stream->data;
  if (count == 0) return;
  if (count < 0 && count != UV_EOF) {
    http_conn_close(conn);
    return;
  }
  if (count == UV_EOF) {
    conn->eof = true;
  } else {
    buf_put(&conn->in, space->base, (size_t)count);
    conn->server->counters.bytes_in += (uint64_t)count;
  }
  http_conn_tick(conn);
}

// A client that sends on while it is not served fills its own window, not our memory.
static void settle_reading(struct http_conn *conn) {
  size_t most = conn->server->config.limits.header_bytes + HTTP_READ_SIZE;
  bool wanted = !conn->eof && conn->in.len <= most;
  if (wanted == conn->reading) return;
  conn->reading = wanted;
  if (wanted)
    uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
  else
    uv_read_stop((uv_stream_t *)&conn->tcp);
}

static void settle_memory(struct http_conn *conn) {
  buf_consume(&conn->in, conn->at);
  conn->at = 0;
  if (!conn->in.len && conn->in.cap > SLIM_SIZE) buf_deinit(&conn->in);
  if (!conn->out.len && conn->out.cap > SLIM_SIZE) buf_deinit(&conn->out);
}

void http_conn_tick(struct http_conn *conn) {
  if (conn->ticking || conn->state == CONN_CLOSED) return;
  conn->ticking = true;
  while (http_conn_step(conn)) continue;
  if (conn->state != CONN_CLOSED) http_conn_flush(conn);
  conn->ticking = false;
  if (conn->state == CONN_CLOSED) return;
  settle_memory(conn);
  settle_timer(conn);
  settle_reading(conn);
}

void http_conn_retire(struct http_conn *conn) {
  if (conn->state != CONN_HEAD || conn->in.len) return;
  if (http_conn_flush(conn))
    http_conn_close(conn);
  else
    http_conn_tick(conn);
}

static struct http_conn *conn_new(struct http_server *server) {
  struct http_conn *conn = mem_alloc(sizeof *conn);
  conn->server = server;
  uv_tcp_init(server->uv, &conn->tcp);
  uv_timer_init(server->uv, &conn->timer);
  conn->tcp.data = conn->timer.data = conn->write.data = conn;
  conn->handles = 2;
  server->handles++;
  conn->next = server->conns;
  if (conn->next) conn->next->prev = conn;
  server->conns = conn;
  server->counters.open++;
  server->counters.accepted++;
  return conn;
}

void http_conn_accept(struct http_server *server, uv_stream_t *listener, bool refused) {
  struct http_conn *conn = conn_new(server);
  conn->turned_away = refused;
  server->turned_away += refused;
  if (uv_accept(listener, (uv_stream_t *)&conn->tcp) != 0 ||
      server->turned_away > HTTP_REFUSED_MAX) {
    http_conn_close(conn);
    return;
  }
  uv_tcp_nodelay(&conn->tcp, 1);
  if (refused) http_conn_refuse(conn, 503, "too many connections; try again later");
  http_conn_tick(conn);
}
