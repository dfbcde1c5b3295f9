// A channel over HTTP whose requests are made and whose answers are read by a Lua plugin.
#pragma once

#include "link/channel.h"

struct http_thread;

// The plugin as a struct of functions, which channels.c fills in from script/plugin.h.
// One call at a time, of any thread.
struct plugin_port {
  void *self;
  int (*send)(void *self, const struct value *message, struct buf *request,
              struct status *status);
  int (*result)(void *self, const struct value *response, const struct value *message,
                struct buf *result, struct status *status);
  int (*receipt)(void *self, const struct value *request, struct buf *out,
                 struct status *status);  // NULL: takes none
  void (*free)(void *self);               // with the channel
};

struct channel_http_config {
  const char *name;     // of the channel
  const char *address;  // kind of identity; NULL: "phone"
  int64_t keyed_ms;
  int64_t max_length;          // characters; 0: no limit
  bool merges;                 // may carry several messages in one text
  unsigned parallel;           // 0: 8
  int64_t timeout_ms;          // of one call; 0: 15 s
  struct http_thread *client;  // must outlive the calls
};

struct channel *channel_http_new(const struct channel_http_config *config,
                                 const struct plugin_port *plugin);

// What a plugin's result means; for specs too. A result that says nothing is ambiguous.
void channel_http_read(const struct value *answer, int64_t now, const char *key,
                       struct channel_result *result);
