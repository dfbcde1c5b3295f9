// Plain TCP on the loop: listeners, and streams that came in or were called. Everything
// here runs on the loop's thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "io/http_peer.h"
#include "io/loop.h"

struct tcp_listener;
struct tcp_stream;

struct tcp_stream_calls {
  void (*connected)(void *self);  // a called one is there; may be NULL
  void (*received)(void *self, const char *bytes, size_t count);
  // Once, the last: the stream is gone. why is NULL when the other end has closed. Never
  // within a call of this header; not after tcp_free.
  void (*closed)(void *self, const char *why);
};

struct tcp_listen {
  const char *host;               // an address of this machine, or a name
  int port;                       // 0: any that is free
  const struct http_nets *peers;  // who may come in; NULL or none: everybody. Copied
  unsigned most;                  // streams at once; more are closed at once
  // A stream came in: take it with tcp_take, now.
  void (*opened)(void *self, struct tcp_stream *stream);
  void *self;
};

// NULL with the reason.
struct tcp_listener *tcp_listen(struct loop *loop, const struct tcp_listen *how,
                                struct status *status);
int tcp_listener_port(const struct tcp_listener *listener);
size_t tcp_listener_refused(const struct tcp_listener *listener);  // ever
// No more come in; streams that have stay as they are.
void tcp_listener_free(struct tcp_listener *listener);

void tcp_take(struct tcp_stream *stream, const struct tcp_stream_calls *calls,
              void *self);
// Calls an address (no name). What fails is told by closed.
struct tcp_stream *tcp_call(struct loop *loop, const char *address, int port,
                            const struct tcp_stream_calls *calls, void *self);
const char *tcp_peer(const struct tcp_stream *stream);                       // "10.0.0.5"
void tcp_write(struct tcp_stream *stream, const void *bytes, size_t count);  // copied
size_t tcp_unsent(const struct tcp_stream *stream);     // bytes that wait for the peer
void tcp_pause(struct tcp_stream *stream, bool pause);  // reads no more meanwhile
// Ends it when all is sent, or five seconds later; closed follows.
void tcp_end(struct tcp_stream *stream);
void tcp_free(struct tcp_stream *stream);  // at once; NULL is fine
