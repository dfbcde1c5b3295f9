#include <assert.h>
#include <string.h>

#include "io/http_conn.h"

enum { OUT_MAX = 256 * 1024 };

void http_conn_move(struct http_conn *conn, enum conn_state to) {
  static const unsigned successors[] = {
      [CONN_HEAD] = 1 << CONN_BODY | 1 << CONN_DRAIN | 1 << CONN_CLOSED,
      [CONN_BODY] = 1 << CONN_HANDLE | 1 << CONN_DRAIN | 1 << CONN_CLOSED,
      [CONN_HANDLE] = 1 << CONN_HEAD | 1 << CONN_DRAIN | 1 << CONN_CLOSED,
      [CONN_DRAIN] = 1 << CONN_LINGER | 1 << CONN_CLOSED,
      [CONN_LINGER] = 1 << CONN_CLOSED,
  };
  assert(successors[conn->state] >> to & 1);
  conn->state = to;
}

void http_conn_send(struct http_conn *conn, const struct http_answer *answer) {
  http_answer_put(&conn->out, answer);
  conn->server->counters.by_class[answer->status / 100 % 6]++;
  conn->timing = TIME_NONE;
  http_conn_move(conn, answer->close ? CONN_DRAIN : CONN_HEAD);
}

static const char *problem_put(struct http_conn *conn, int status, const char *why,
                               struct buf *out) {
  const struct http_server_config *config = &conn->server->config;
  const char *path = conn->request ? conn->request->shown.path : NULL, *type = NULL;
  if (path && config->problem)
    type = config->problem(config->ctx, path, status, why, out);
  if (!type) http_problem_put(out, status, why);
  return type ? type : "application/problem+json";
}

void http_conn_refuse(struct http_conn *conn, int status, const char *why) {
  struct buf body = {0};
  struct http_header type = {"Content-Type", problem_put(conn, status, why, &body)};
  struct http_answer answer = {.status = status,
                               .headers = &type,
                               .header_count = 1,
                               .body = body.data,
                               .len = body.len,
                               .date = http_server_date(conn->server),
                               .close = true};
  http_request_free(conn->request);
  conn->request = NULL;
  http_conn_send(conn, &answer);
  buf_deinit(&body);
}

// Old clients send empty lines after a body.
static void blank_lines_skip(struct http_conn *conn) {
  const char *from = buf_text(&conn->in);
  while (conn->scanned < 2 && conn->in.len - conn->at >= 2 &&
         memcmp(from + conn->at, "\r\n", 2) == 0) {
    conn->at += 2;
    conn->scanned = 0;
  }
}

// Waits for a head's last byte; true when the state moved.
static bool head_unfinished(struct http_conn *conn, bool malformed) {
  size_t have = conn->in.len - conn->at;
  if (malformed)
    http_conn_refuse(conn, 400,
                     "the head has a bare CR or LF, a folded line or control bytes");
  else if (have > conn->server->config.limits.header_bytes)
    http_conn_refuse(conn, 431, "the headers are longer than this server takes");
  else if (conn->eof || (conn->server->stopping && !have))
    http_conn_move(conn, CONN_DRAIN);
  else
    return false;
  return true;
}

static bool step_head(struct http_conn *conn) {
  if (conn->out.len + conn->sending.len > OUT_MAX && !http_conn_flush(conn)) return false;
  if (conn->state != CONN_HEAD) return false;
  blank_lines_skip(conn);
  const char *from = buf_text(&conn->in) + conn->at;
  long len = http_head_scan(from, conn->in.len - conn->at, &conn->scanned);
  if (len <= 0) return head_unfinished(conn, len < 0);
  conn->scanned = 0;
  const char *why = "the headers are longer than this server takes";
  int refused = 431;
  if ((size_t)len <= conn->server->config.limits.header_bytes)
    refused = http_request_begin(conn, (size_t)len, &why);
  conn->at += (size_t)len;
  if (refused) {
    http_conn_refuse(conn, refused, why);
    return true;
  }
  http_conn_move(conn, CONN_BODY);
  bool body = conn->request->head.chunked || conn->request->head.content_length > 0;
  if (body && conn->request->head.expects_continue && conn->at == conn->in.len) {
    buf_puts(&conn->out, "HTTP/1.1 100 Continue\r\n\r\n");
    conn->server->counters.by_class[1]++;
  }
  return true;
}

static bool step_body(struct http_conn *conn) {
  bool complete = false;
  const char *why = NULL;
  int refused = http_request_feed(conn, &complete, &why);
  if (refused) {
    http_conn_refuse(conn, refused, why);
    return true;
  }
  if (!complete) {
    if (!conn->eof) return false;
    http_request_free(conn->request);
    conn->request = NULL;
    http_conn_move(conn, CONN_DRAIN);
    return true;
  }
  http_conn_move(conn, CONN_HANDLE);
  struct http_server *server = conn->server;
  struct http_request *shown = &conn->request->shown;
  server->counters.requests++;
  if (server->config.prepare)
    shown->prepared = server->config.prepare(server->config.ctx, shown);
  server->config.handle(server->config.ctx, shown);
  return conn->state != CONN_HANDLE;
}

static void on_shutdown(uv_shutdown_t *shutdown, int status) {
  (void)shutdown;
  (void)status;
}

// Shuts, then waits for the client's own end: closing on unread bytes would reset the
// connection and could take the answer with it.
static bool step_drain(struct http_conn *conn) {
  if (!http_conn_flush(conn) || conn->state != CONN_DRAIN) return false;
  if (conn->eof ||
      uv_shutdown(&conn->shutdown, (uv_stream_t *)&conn->tcp, on_shutdown) != 0)
    http_conn_close(conn);
  else
    http_conn_move(conn, CONN_LINGER);
  return true;
}

static bool step_linger(struct http_conn *conn) {
  conn->at = conn->in.len;
  if (conn->eof) http_conn_close(conn);
  return false;
}

bool http_conn_step(struct http_conn *conn) {
  switch (conn->state) {
    case CONN_HEAD: return step_head(conn);
    case CONN_BODY: return step_body(conn);
    case CONN_DRAIN: return step_drain(conn);
    case CONN_LINGER: return step_linger(conn);
    case CONN_HANDLE:
    case CONN_CLOSED: break;
  }
  return false;
}
