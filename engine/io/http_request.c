#include <string.h>

#include "base/mem.h"
#include "io/http_conn.h"
#include "io/http_form.h"

enum { THROW_AWAY_MAX = 64 * 1024 * 1024 };

static void peer_ask(struct http_conn *conn) {
  struct sockaddr_storage address;
  int len = sizeof address;
  char text[HTTP_PEER_SIZE] = "unknown";
  if (uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&address, &len) == 0)
    uv_ip_name((struct sockaddr *)&address, text, sizeof text);
  http_peer_find(conn->peer, text, NULL, 0, &conn->server->trusted);
}

static void peer_set(struct http_conn *conn, struct http_request *shown) {
  if (!conn->peer[0]) peer_ask(conn);
  if (http_header_find(shown->headers, shown->header_count, "X-Forwarded-For"))
    http_peer_find(shown->peer, conn->peer, shown->headers, shown->header_count,
                   &conn->server->trusted);
  else
    memcpy(shown->peer, conn->peer, sizeof shown->peer);
}

static bool path_set(struct conn_request *request) {
  const char *target = request->head.target;
  const char *query = strchr(target, '?');
  request->shown.query = query ? query + 1 : "";
  if (target[0] == 0 || target[0] == '?') {  // "http://host" alone
    buf_puts(&request->path, "/");
  } else if (strcmp(target, "*") == 0 && strcmp(request->head.method, "OPTIONS") == 0) {
    buf_puts(&request->path, "*");
  } else if (!http_path_decode(&request->path, target, strlen(target))) {
    return false;
  }
  request->shown.path = buf_text(&request->path);
  return true;
}

static void place_leave(struct conn_request *request) {
  if (request->holds_place) request->conn->server->large--;
  request->holds_place = false;
}

void http_request_leave(struct conn_request *request) {
  place_leave(request);
  request->conn = NULL;
}

// A large body that can't be taken is read to its end all the same, unless it is absurd:
// a browser that is cut off while it sends shows no words of ours.
static int large_expect(struct conn_request *request, const char **why) {
  struct http_server *server = request->conn->server;
  int64_t length = request->head.content_length;
  int refused = 0;
  if (length > (int64_t)request->room.bytes)
    refused = 413;
  else if (server->large + request->room.spare >= server->config.limits.large)
    refused = 503;
  if (refused && (request->head.chunked || length > THROW_AWAY_MAX)) {
    *why = "the body is longer than this server takes";
    if (refused == 503) *why = "too many large requests at once; try again in a minute";
    return refused;
  }
  request->shown.refused = refused;
  request->holds_place = !refused;
  server->large += !refused;
  if (!refused && length > 0) buf_reserve(&request->body, (size_t)length);
  return 0;
}

static int too_long(const struct conn_request *request, const char **why) {
  *why = request->room.unknown ? request->room.unknown
                               : "the body is longer than this server takes";
  return request->room.unknown ? 401 : 413;
}

static int body_expect(struct conn_request *request, const char **why) {
  const struct http_server_config *config = &request->conn->server->config;
  request->room = (struct http_room){.bytes = config->limits.body_bytes};
  if (config->room) request->room = config->room(config->ctx, &request->shown);
  request->chunked.max_body = request->room.bytes;
  request->chunked.max_extra = config->limits.header_bytes;
  bool body = request->head.chunked || request->head.content_length > 0;
  request->room.large &= body;
  if (request->room.large) return large_expect(request, why);
  return request->head.content_length > (int64_t)request->room.bytes
             ? too_long(request, why)
             : 0;
}

int http_request_begin(struct http_conn *conn, size_t head_len, const char **why) {
  struct conn_request *request = mem_alloc(sizeof *request);
  conn->request = request;
  request->conn = conn;
  int refused = http_head_parse(&request->head, conn->in.data + conn->at, head_len, why);
  if (refused) return refused;
  struct http_request *shown = &request->shown;
  shown->method = request->head.method;
  shown->headers = request->head.headers;
  shown->header_count = request->head.header_count;
  *why = "the path is not percent-encoded UTF-8 without '.' and '..'";
  if (!path_set(request)) return 400;
  peer_set(conn, shown);
  return body_expect(request, why);
}

static int feed_chunked(struct conn_request *request, const char *bytes, size_t len,
                        size_t *took, bool *complete, const char **why) {
  enum chunked_result result =
      http_chunked_feed(&request->chunked, bytes, len, took, &request->body);
  *complete = result == CHUNKED_END;
  *why = "the chunked body is malformed";
  if (result == CHUNKED_TOO_LONG) return too_long(request, why);
  return result == CHUNKED_BROKEN ? 400 : 0;
}

int http_request_feed(struct http_conn *conn, bool *complete, const char **why) {
  struct conn_request *request = conn->request;
  size_t have = conn->in.len - conn->at, took = 0;
  const char *bytes = buf_text(&conn->in) + conn->at;
  int refused = 0;
  if (request->head.chunked) {
    refused = feed_chunked(request, bytes, have, &took, complete, why);
  } else {
    int64_t length = request->head.content_length;
    size_t done = request->body.len + (size_t)request->thrown_away;
    size_t left = length > 0 ? (size_t)length - done : 0;
    took = have < left ? have : left;
    if (request->shown.refused)
      request->thrown_away += (int64_t)took;
    else
      buf_put(&request->body, bytes, took);
    *complete = took == left;
  }
  conn->at += took;
  request->shown.body = buf_text(&request->body);
  request->shown.body_len = request->body.len;
  return refused;
}

void http_request_free(struct conn_request *request) {
  if (!request) return;
  if (request->conn) place_leave(request);
  if (request->shown.prepared) request->shown.prepared->free(request->shown.prepared);
  http_head_deinit(&request->head);
  buf_deinit(&request->path);
  buf_deinit(&request->body);
  mem_free(request->reply.headers);
  buf_deinit(&request->reply.body);
  mem_free(request);
}

static struct http_answer answer_to(struct conn_request *request, int status) {
  struct http_server *server = request->conn->server;
  bool close = !request->head.keep_alive || server->stopping;
  return (struct http_answer){
      .status = status >= 200 && status <= 599 ? status : 500,
      .date = http_server_date(server),
      .bodiless = strcmp(request->head.method, "HEAD") == 0,
      .close = close,
      .keep = !close && request->head.old,
  };
}

void http_request_answer(struct conn_request *request, int status,
                         const struct http_header *headers, size_t header_count,
                         const void *body, size_t len) {
  struct http_conn *conn = request->conn;
  if (conn) {
    struct http_answer answer = answer_to(request, status);
    answer.headers = headers;
    answer.header_count = header_count;
    answer.body = body;
    answer.len = len;
    conn->request = NULL;
    http_conn_send(conn, &answer);
  }
  http_request_free(request);
  if (conn) http_conn_tick(conn);
}

void http_respond(struct http_request *shown, int status,
                  const struct http_header *headers, size_t header_count,
                  const void *body, size_t len) {
  struct conn_request *request = (struct conn_request *)shown;
  if (request->front)
    http_front_reply(request, status, headers, header_count, body, len);
  else
    http_request_answer(request, status, headers, header_count, body, len);
}

void http_respond_problem(struct http_request *request, int status, const char *detail) {
  struct http_header type = {"Content-Type", "application/problem+json"};
  struct buf body = {0};
  http_problem_put(&body, status, detail);
  http_respond(request, status, &type, 1, body.data, body.len);
  buf_deinit(&body);
}
