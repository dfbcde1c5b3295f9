// A channel over HTTP whose requests are made and whose answers are read by a Lua plugin.
#pragma once

#include "link/channel.h"

struct http_thread;
struct loop;

typedef int plugin_ask(void *self, const struct value *message, struct buf *request,
                       struct status *status);
typedef int plugin_judge(void *self, const struct value *response,
                         const struct value *message, struct buf *result,
                         struct status *status);
typedef int plugin_hear(void *self, const struct value *request, struct buf *out,
                        struct status *status);

// The plugin as a struct of functions, which channels.c fills in from script/plugin.h.
// One call at a time, of any thread.
struct plugin_port {
  void *self;
  plugin_ask *send, *query;        // query NULL: it can't say what became of a message
  plugin_judge *result, *queried;  //
  plugin_hear *receipt, *inbound;  // NULL: takes none
  void (*free)(void *self);        // with the channel
};

struct channel_http_config {
  const char *name;                     // of the channel
  const struct channel_abilities *can;  // copied; merge_most is worked out
  bool merges;                          // may carry several messages in one text
  unsigned parallel;                    // 0: 8
  int64_t timeout_ms;                   // of one call; 0: 15 s
  int64_t ask_ms;                       // before the first query; 0: 1 s
  struct http_thread *client;           // must outlive the calls
  struct loop *loop;                    // where channel_done is called
};

struct channel *channel_http_new(const struct channel_http_config *config,
                                 const struct plugin_port *plugin);
// From now on the plugin is this one; calls on their way are judged by it. The old one is
// freed.
void channel_http_replace(struct channel *channel, const struct channel_abilities *can,
                          bool merges, const struct plugin_port *plugin);

// Of one call from now on; 0: 15 s.
void channel_http_set_timeout(struct channel *channel, int64_t ms);

// What a plugin's result means; for specs too. A result that says nothing is ambiguous.
void channel_http_read(const struct value *answer, int64_t now, const char *key,
                       struct channel_result *result);
