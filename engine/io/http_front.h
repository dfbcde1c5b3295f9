// The HTTP server on a thread of its own: what a request costs until it is whole and
// prepared, and an answer on its way to the socket, is paid beside the loop that commits.
// Requests are handed over whole, many at a time, and so are their answers.
#pragma once

#include "io/http_server.h"

struct http_front;

// loop: where config.handle is called and http_respond may be. config.room,
// config.prepare and config.problem are called on the other thread: what they look at
// must not change. NULL with the reason when the configuration is wrong.
struct http_front *http_front_new(struct loop *loop,
                                  const struct http_server_config *config,
                                  struct status *status);
// As http_server_listen, before http_front_start.
int http_front_listen(struct http_front *front, const char *host, int port,
                      struct status *status);
void http_front_start(struct http_front *front);  // from now on it serves
// As http_server_stop, http_server_free and http_server_counters; once it was started.
void http_front_stop(struct http_front *front, int64_t grace_ms, void (*done)(void *ctx),
                     void *ctx);
void http_front_free(struct http_front *front);
const struct http_counters *http_front_counters(struct http_front *front);
// Whether requests wait that have not been handled yet. From the loop's thread.
bool http_front_waits(struct http_front *front);
// Handles the requests that wait now, rather than when the loop comes to it. From the
// loop's thread, not from a handler.
void http_front_serve(struct http_front *front);
