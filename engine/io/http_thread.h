// The HTTP client on a thread of its own: what a call costs (making it, connections, TLS,
// parsing, making sense of the answer) is paid beside the loop that commits, not on it.
#pragma once

#include "io/http_client.h"

struct http_thread;

struct http_errand {  // what one call is for; ctx is what http_thread_send was given
  // On the client's thread, both or only the first.
  bool (*make)(void *ctx, struct http_call *call);  // false: there is nothing to send
  void (*answered)(void *ctx, const struct http_result *result);
  void (*done)(void *ctx);  // on the loop, always, last
};

// loop: where done is called.
struct http_thread *http_thread_new(struct loop *loop,
                                    const struct http_client_config *config);
// Ends the thread; calls still queued or running are first answered, as http_client_free
// does, and done. Not from a callback.
void http_thread_free(struct http_thread *thread);

// Begins an errand, whose functions must last. Its call is copied once made; one that is
// wrong in itself is answered with HTTP_WRONG. done is never called before this returns.
void http_thread_send(struct http_thread *thread, const struct http_errand *errand,
                      void *ctx);
