// Hands claimed attempts to their channels, so many at a time, and brings back what
// became of them.
#pragma once

#include "link/channel.h"

struct http_header;
struct dispatcher;

struct dispatcher_sink {  // where results go; message_result
  void *self;
  void (*result)(void *self, int64_t attempt, const struct channel_result *result);
  // Its provider is not there, as one found whose result is not known yet. May be NULL.
  void (*unheard)(void *self, const char *channel);
  void (*dialled)(void *self, int64_t dial, const struct channel_result *result);
  int64_t (*now)(void *self);  // the engine's clock; may be asked by any thread
};

struct dispatcher *dispatcher_new(const struct dispatcher_sink *sink);
// Takes the channel; a name can be added once (ERR_CONFLICT, and the channel is freed).
int dispatcher_add(struct dispatcher *dispatcher, struct channel *channel,
                   struct status *status);
// Nobody finds it any more: what it has not begun comes back, what runs may end.
void dispatcher_drop(struct dispatcher *dispatcher, struct channel *channel);
void dispatcher_set_parallel(struct channel *channel, unsigned parallel);  // 0: 8
struct channels_port dispatcher_port(struct dispatcher *dispatcher);

// No more is sent: what waits comes back as RESULT_RETRY, what runs may end.
void dispatcher_stop(struct dispatcher *dispatcher);
size_t dispatcher_load(const struct dispatcher *dispatcher);  // jobs waiting and running
// After dispatcher_stop and the end of the HTTP client, which calls back what runs.
void dispatcher_free(struct dispatcher *dispatcher);

// Sends one for real that is nobody's message: trace->done is told, once. Copied but for
// trace. Of class "scene" it asks for a code to scan that stands for the text; accepted,
// its provider_id is what the code holds. ERR_NOT_FOUND when there is no such channel, or
// it makes none; done is then never called.
int dispatcher_test(struct dispatcher *dispatcher, const struct outgoing *outgoing,
                    struct channel_trace *trace, struct status *status);
// Appends an encoded list of all channels: what they can do and how they do.
void dispatcher_list(const struct dispatcher *dispatcher, struct buf *out);
struct channel *dispatcher_find(const struct dispatcher *dispatcher, const char *name);
struct channel *dispatcher_first(const struct dispatcher *dispatcher);  // then ->next

struct dispatcher_reply {
  int status;           // HTTP status
  char type[64];        // content type, "" for none
  struct buf body;      // the caller frees
  struct buf receipts;  // encoded list of {detail, id, state}, to be kept before the
                        // reply is sent; empty for none; the caller frees
  struct buf inbound;   // likewise what people wrote: {at, from, id, kind, text}
  struct buf calls;     // likewise what became of calls: see dial_heard
};
struct dispatcher_callback {  // borrowed
  enum channel_callback which;
  const char *peer;            // address of who calls
  const char *method, *query;  // query without '?', may be NULL
  const struct http_header *headers;
  size_t header_count;
  const char *body;
  size_t body_len;
  const char *bind_key, *bind_url;  // how it may sign links to the page that binds who
                                    // calls (base/bind_link.h); NULL: not at all
};
// A provider calls /channels/<name>/receipt or …/inbound: the plugin checks it and reads
// what it says. ERR_NOT_FOUND when no such channel takes that; otherwise 0 with the
// reply, also for one that is
// forged or comes from elsewhere (403) or a fault of the plugin (500).
int dispatcher_callback(struct dispatcher *dispatcher, const char *channel,
                        const struct dispatcher_callback *callback,
                        struct dispatcher_reply *reply, struct status *status);
