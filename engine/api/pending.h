// A request whose answer waits for the inbox to be committed.
#pragma once

#include "api/api.h"
#include "base/buf.h"

struct caller;

struct pending {
  struct pending *prev, *next;  // the api's list
  struct api *api;
  struct http_request *request;  // answered by `done` or, when the engine stops, with 503
  // Answers the request; afterwards the pending is freed.
  void (*done)(struct pending *pending, const struct value *result);
  const struct caller *caller;
  int64_t row;           // what it is about
  char kind;             // of that row
  struct buf text;       // what the answer needs
  struct loop_job *job;  // that it waits for, if any, and what it works on, which
  void *held;            // drop frees when the api stops
  void (*drop)(void *held);
};

struct pending *pending_new(struct api *api, struct http_request *request,
                            void (*done)(struct pending *, const struct value *));
void pending_submit(struct pending *pending, const char *source, const char *source_id,
                    const char *kind, const struct buf *body);  // told when applied
// An inbox_done whose self is the pending: answers and frees it.
void pending_told(void *pending, int64_t row, const struct value *result);
void pending_free(struct pending *pending);
void pending_stop(struct api *api);  // answers all with 503
