// One configured channel, as the dispatcher sees it: something that sends jobs and says
// of each, once, what became of it.
#pragma once

#include "care/message.h"

struct dispatcher;
struct channel;

// Characters of a text that tells several things, where a channel names no limit of its
// own: more than most gateways take, and more than anybody reads.
enum { CHANNEL_MERGE_MOST = 500 };

struct channel_job {  // one attempt on its way; texts are owned by the job
  struct channel_job *next;
  struct channel *channel;
  int64_t attempt;
  char *address, *key, *text, *program, *class_;
  bool safety;
};

struct channel_ops {
  // Must end in one channel_done, at once or later.
  void (*send)(struct channel *channel, struct channel_job *job);
  // A callback of the provider; see dispatcher_receipt. May be NULL.
  int (*receipt)(struct channel *channel, const struct value *request, struct buf *out,
                 struct status *status);
  void (*free)(struct channel *channel);
};

struct channel {
  char name[32];
  char address[16];    // kind of identity it needs
  int64_t keyed_ms;    // see channels_port.keyed
  int64_t merge_most;  // see channels_port.merges
  unsigned parallel;   // jobs at once; 0 means 8
  const struct channel_ops *ops;
  // The dispatcher's own.
  struct channel *next;
  struct dispatcher *dispatcher;
  struct channel_job *first[2], **end[2];  // waiting: safety texts, the rest
  unsigned running;
  size_t waiting;
  bool pumping;
};

// Tells the dispatcher, which frees the job.
void channel_done(struct channel_job *job, const struct channel_result *result);
int64_t channel_now(const struct channel *channel);  // the engine's time; any thread
