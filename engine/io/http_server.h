// The HTTP/1.1 server: takes requests under limits, hands each to one handler, and sends
// the answers in order.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "io/http_header.h"
#include "io/http_peer.h"
#include "io/loop.h"

struct http_server;

struct http_prepared {  // the first member of what config.prepare made
  void (*free)(struct http_prepared *prepared);
};

struct http_request {  // read-only; gone once it is answered
  const char *method;  // "GET"
  const char *path;    // decoded UTF-8 that begins with '/' ("*" for OPTIONS *)
  const char *query;   // as sent, without '?'; "" when there is none
  const char *body;    // followed by a NUL; never NULL
  size_t body_len;     //
  const struct http_header *headers;  // as sent, in order; http_header_find looks in them
  size_t header_count;
  char
      peer[HTTP_PEER_SIZE];  // the client's address, by a trusted proxy's word if need be
  int refused;  // 413 or 503: a large body was too long, or came with too many others; it
                // was thrown away, and the handler says so in its own words; else 0
  // What config.prepare made, or NULL. The handler may take it, and leave NULL; else it
  // is freed with the request.
  struct http_prepared *prepared;
};

struct http_room {      // for one request's body
  size_t bytes;         // more is a 413
  bool large;           // counts among limits.large, and has large_ms to arrive
  unsigned spare;       // of a large one: so many places stay free beside it, for others
  const char *unknown;  // when set, more is a 401 that says this: who sends is not known
};

struct http_limits {
  size_t header_bytes;   // more is a 431
  size_t body_bytes;     // more is a 413
  int64_t request_ms;    // for a whole request to arrive, however it trickles; then 408
  int64_t large_ms;      // the same with a large body
  unsigned large;        // requests with a large body at once; more get a 503
  int64_t idle_ms;       // between requests; then closed
  int64_t answer_ms;     // for the client to take the last answer; then closed
  unsigned connections;  // more get a 503
};

struct http_counters {
  uint64_t requests;     // handed to the handler
  uint64_t by_class[6];  // answers by first digit; [1] counts the 100s
  uint64_t bytes_in;     //
  uint64_t bytes_out;    //
  uint64_t accepted;     // connections ever
  uint64_t refused;      // of these, for want of room
  unsigned open;         // connections now
};

struct http_server_config {
  struct http_limits limits;
  const char *trusted_proxies;  // see http_nets_parse; NULL trusts nobody
  void (*handle)(void *ctx, struct http_request *request);  // answers now or later
  // By method, path and headers, before the body is read; NULL: limits.body_bytes for
  // all.
  struct http_room (*room)(void *ctx, const struct http_request *request);
  // What can be read from the whole request before it is handled; may be NULL. This and
  // room run where the server runs: on a thread of its own under http_front.h.
  struct http_prepared *(*prepare)(void *ctx, const struct http_request *request);
  // The body of a refusal that never gets to handle, and its type; NULL, with nothing
  // put: an RFC 9457 problem. Where the server runs; may be NULL.
  const char *(*problem)(void *ctx, const char *path, int status, const char *why,
                         struct buf *out);
  void *ctx;
};

void http_limits_init(struct http_limits *limits);  // what suits a hospital

// NULL with the reason when the configuration is wrong. The configuration is copied.
struct http_server *http_server_new(struct loop *loop,
                                    const struct http_server_config *config,
                                    struct status *status);
// Listens on an address or host name; may be called several times. The port (the chosen
// one for port 0), or a negative code.
int http_server_listen(struct http_server *server, const char *host, int port,
                       struct status *status);
// Takes no more requests, finishes those that have begun, and calls done once from the
// loop, at the latest after grace_ms (then what is still open is cut). Once per server.
void http_server_stop(struct http_server *server, int64_t grace_ms,
                      void (*done)(void *ctx), void *ctx);
// Cuts what is open. Requests not answered yet stay their holders', who must still
// answer. The memory goes as the loop goes on, at the latest in loop_free.
void http_server_free(struct http_server *server);
const struct http_counters *http_server_counters(const struct http_server *server);

// Answers a request, exactly once, and frees it; harmless when the client or the server
// is gone. Everything is copied. Framing headers are the server's; HEAD is sent no body.
void http_respond(struct http_request *request, int status,
                  const struct http_header *headers, size_t header_count,
                  const void *body, size_t len);
// The same with an RFC 9457 problem; detail may be NULL.
void http_respond_problem(struct http_request *request, int status, const char *detail);
