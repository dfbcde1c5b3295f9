// The HTTP client on a thread of its own: what a call costs (connections, TLS, parsing)
// is paid beside the loop that commits, not on it.
#pragma once

#include "io/http_client.h"

struct http_thread;

// loop: where answers are called back.
struct http_thread *http_thread_new(struct loop *loop,
                                    const struct http_client_config *config);
// Ends the thread; calls still queued or running are first called back, as
// http_client_free does. Not from a callback.
void http_thread_free(struct http_thread *thread);

// Queues a call; all of it is copied. done is called once on the loop, never before this
// returns; a call that is wrong in itself comes back as HTTP_WRONG.
void http_thread_send(struct http_thread *thread, const struct http_call *call,
                      void (*done)(void *ctx, const struct http_result *result),
                      void *ctx);
