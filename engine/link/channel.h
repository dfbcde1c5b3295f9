// One configured channel, as the dispatcher sees it: something that sends jobs and says
// of each, once, what became of it.
#pragma once

#include "care/message.h"
#include "io/http_peer.h"

struct dispatcher;
struct channel;

// Characters of a text that tells several things, where a channel names no limit of its
// own: more than most gateways take, and more than anybody reads.
enum { CHANNEL_MERGE_MOST = 500, CHANNEL_RESULTS = 6 };
// Longer than a call of follow-up lasts (WARD 13) with the time that it rings.
enum { CHANNEL_UNKNOWN_MS = 15 * CIVIL_MINUTE_MS };

struct channel_trace {  // what a test wants to see; the caller's, until done
  struct buf steps;     // encoded maps, one after another: {answer, error, request}, with
                        // secrets masked
  void (*done)(struct channel_trace *trace, const struct channel_result *result);
};

struct channel_job {  // one attempt on its way; texts are owned by the job
  struct channel_job *next;
  struct channel *channel;
  int64_t attempt, started_at;
  int64_t dial;       // it is a call: see outgoing; then attempt is 0
  char *from, *form;  // of a call; may be NULL
  char *address, *key, *text, *program, *class_;
  char color[8];
  struct buf approved;  // see struct outgoing
  bool safety;
  bool query;                   // it may have left before: ask, and do not send
  struct channel_trace *trace;  // of a test, which is nobody's message; else NULL
};

enum channel_callback { CHANNEL_RECEIPT, CHANNEL_INBOUND };
// How a call of a provider ended: taken; forged or unreadable, by the plugin's word; from
// an address that may not call; a fault of the plugin's.
enum channel_called {
  CALLED_TAKEN,
  CALLED_FORGED,
  CALLED_STRANGER,
  CALLED_FAULT,
  CHANNEL_CALLED
};

struct channel_ops {
  // Must end in one channel_done, at once or later, or in channel_leave.
  void (*send)(struct channel *channel, struct channel_job *job);
  // A callback of the provider; see dispatcher_callback. May be NULL.
  int (*callback)(struct channel *channel, enum channel_callback which,
                  const struct value *request, struct buf *out, struct status *status);
  void (*free)(struct channel *channel);
};

struct channel_pace {  // 0: no limit
  double per_second;
  int burst;  // at once after a rest
  int64_t per_day;
};

struct channel_abilities {  // what its plugin says that it can do
  char plugin[32];          // "" for the log
  char address[16];         // kind of identity it needs
  int64_t keyed_ms;         // see channels_port.keyed
  int64_t max_length;       // characters; 0: no limit
  int64_t merge_most;       // see channels_port.merges
  bool links, receipts, inbound;
  bool reads;      // receipts say what was opened, too
  bool queryable;  // it can say what became of a message
  bool dials;      // it rings people, and takes no texts
  bool robot;      // of one that rings: a machine speaks
  bool scenes;     // it makes codes to scan: a job of class "scene" and no address
  struct channel_pace pace;  // where the settings say nothing
  char approved[8];    // texts that it knows by number: see channels_port.approved; ""
  bool approved_only;  // it takes no others
};

struct channel {
  char name[32];
  struct channel_abilities can;
  unsigned parallel;         // jobs at once; 0 means 8
  struct channel_pace pace;  // as the settings say
  int64_t unknown_ms;        // of one that rings: see channel_dials; 0: the usual
  struct http_nets callers;  // who may call back; none: anybody who proves it
  const struct channel_ops *ops;
  char stale[256];  // why its plugin as it is now on the disk was refused; "" when not
  // The dispatcher's own.
  struct channel *next;
  struct dispatcher *dispatcher;
  struct channel_job *first[2], **end[2];  // waiting: safety texts, the rest
  unsigned running;
  size_t waiting;
  bool pumping;
  uint64_t called[CHANNEL_CALLED];    // since the start
  uint64_t results[CHANNEL_RESULTS];  // since the start, by enum result_kind
  enum result_kind newest;
  struct channel_result last;  // the newest that was no acceptance
  int64_t last_at;             // 0: there was none
};

// Tells the dispatcher, which frees the job.
void channel_done(struct channel_job *job, const struct channel_result *result);
// Its provider is not there, as a job found that goes on.
void channel_unheard(struct channel_job *job);
// While a job waits to ask again it takes no place among those that run.
void channel_rest(struct channel_job *job);
void channel_wake(struct channel_job *job);
// At the end: nothing is known of it, and the next start asks. Frees the job.
void channel_leave(struct channel_job *job);
bool channel_stopping(const struct channel *channel);
int64_t channel_now(const struct channel *channel);  // the engine's time; any thread
