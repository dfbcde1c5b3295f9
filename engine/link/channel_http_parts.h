// What the files of the HTTP channel share.
#pragma once

#include <pthread.h>

#include "io/http_thread.h"
#include "io/loop.h"
#include "link/channel_http.h"

struct mapping;
struct sending;

struct channel_http {
  struct channel channel;
  pthread_mutex_t lock;  // of plugin: sends run on the client's thread, callbacks here
  struct plugin_port plugin;
  struct http_thread *client;
  struct loop *loop;
  int64_t timeout_ms, ask_ms;
  struct sending *resting;  // to ask again
};

int64_t channel_http_timeout(struct channel_http *http);  // any thread

static inline struct channel_http *channel_http_of(struct channel *channel) {
  return (struct channel_http *)channel;
}

// channel_sending.c
void sending_start(struct channel_http *http, struct channel_job *job);
void sending_leave(struct channel_http *http);  // all that rest

// channel_call.c: requests as the plugin made them, as calls of the client.
enum { CALL_HEADERS = 32, CALL_RECEIVERS = 8 };
struct channel_call {
  char *texts[6 + 2 * CALL_HEADERS + CALL_RECEIVERS];
  size_t text_count;
  struct http_header headers[CALL_HEADERS];
  struct http_mail mail;
  const char *to[CALL_RECEIVERS];
};
// request must stay until the call is copied. Drop the last one first.
void channel_call_read(struct channel_call *call, const struct value *request,
                       int64_t timeout_ms, struct http_call *out);
void channel_call_drop(struct channel_call *call);
void channel_call_message(const struct channel_job *job, struct buf *out);
void channel_call_answer(const struct http_result *answer, const char *step, int64_t now,
                         struct buf *out);
// The headers of an answer that plugins are given, as the key "headers".
void channel_call_headers(struct mapping *map, const struct http_result *answer);
// One step more of a trace: what was asked, with its secrets masked, and what came.
void channel_call_trace(struct channel_trace *trace, const struct value *request,
                        const struct http_result *answer);
