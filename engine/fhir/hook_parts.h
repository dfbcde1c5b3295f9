// What the files of hook share.
#pragma once

#include "fhir/hook.h"

enum { HOOK_LOOK_MS = 200 };

struct hook {  // of one subscription; on the loop, but for what a call needs while it is
               // on its way
  struct hook *next;
  struct fhir_hooks *hooks;
  int64_t subscription;
  int64_t told;     // changes up to here are told, or of no interest
  int64_t upto;     // those that the call on its way tells
  int64_t next_ms;  // steady: not before
  int failures;     // in a row
  bool busy;
  bool broken;                       // it is in error
  struct buf url, body, headers;     // of the call; headers are lines
  bool put;                          // PUT, else POST
  struct http_header *call_headers;  // while it is on its way
  int status;                        // what came back; 0: nothing
  char error[160];
};

struct fhir_hooks {
  struct fhir *fhir;
  struct http_thread *client;
  struct loop *loop;
  struct loop_timer *timer;
  struct hook *list;
  bool any, stopped;
};

struct subscription {  // a row
  int64_t id, patient, told;
  const struct fhir_type *type;
  const struct caller *caller;
  char *endpoint, *headers, *statuses;  // owned
  bool payload, broken;
};

// The next change that it wants to know of: makes the call. False: there is none.
bool hook_fill(struct hook *hook, const struct subscription *subscription);
void hook_send(struct hook *hook);
// Keeps how it stands, in a commit of its own: status active, error or off.
void hook_keep(struct hook *hook, const char *status, const char *error);
