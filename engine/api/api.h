// The HTTP side: the staff API, patient pages, receipts, health and metrics. Requests
// become inbox messages and reads, nothing else.
#pragma once

#include "api/rate.h"
#include "api/token.h"
#include "care/care.h"
#include "care/keys.h"
#include "io/http_server.h"

struct pending;
struct summary;
struct forecasting;

struct api_callback {  // a provider's call to /channels/<name>/…; borrowed
  bool inbound;        // …/inbound, else …/receipt
  const char *peer;    // address of who calls
  const char *method, *query;
  const struct http_header *headers;
  size_t header_count;
  const char *body;
  size_t body_len;
  const char *bind_key, *bind_url;  // see dispatcher_callback; NULL: no pages are served
};
struct api_reply {
  int status;           // HTTP status
  char type[64];        // content type, "" for none
  struct buf body;      // freed by the api
  struct buf receipts;  // encoded list for message_receipts, empty for none; freed by it
  struct buf inbound;   // likewise for inbound_take
  struct buf calls;     // likewise for dial_heard
};

struct api_activation {    // borrowed
  const char *department;  //
  const char *hash;        // of a version, or its first characters; NULL: the usual one
  bool back;               // to one that was active before; else the candidate
  bool canary, withdraw;   // the one that some follow: for all, or for nobody
  const char *who;
};

struct api_comparison {       // borrowed for the call
  const char *department;     //
  const char *pathway;        // upgrade: its runs move to the newest version where they
                              // can; NULL: a candidate is compared with what is active
  const struct value *files;  // the candidate: path → text; nil: the one that waits
  bool dry;                   // upgrade: nothing is moved, it is only said what would be
  const char *who;
};

// What the engine gives; any function may be NULL.
struct api_engine {
  void *self;
  // Has a channel read what its provider says; ERR_NOT_FOUND when there is none of that
  // name.
  int (*callback)(void *self, const char *channel, const struct api_callback *callback,
                  struct api_reply *reply, struct status *status);
  void (*channels)(void *self, struct buf *out);    // appends an encoded list of them
  void (*connectors)(void *self, struct buf *out);  // the same
  // done is told {answer, status}. ERR_NOT_FOUND when nobody of this name answers.
  int (*ask)(void *self, const char *connector, const char *what,
             const struct value *text, inbox_done *done, void *ctx,
             struct status *status);
  // Sends one for real; done is told {detail, id, result, steps, until}, once.
  int (*test)(void *self, const struct outgoing *outgoing, inbox_done *done, void *ctx,
              struct status *status);
  const struct http_counters *(*http)(void *self);
  // Looks at a department's scripts on the disk; NULL: at all.
  void (*reload)(void *self, const char *department, const char *who);
  // What is being done with a department's scripts (NULL: anybody's): reading loading
  // specs replay activating; NULL when nothing is.
  const char *(*doing)(void *self, const char *department);
  // Makes a version of the scripts active, committed when it comes back.
  int (*activate)(void *self, const struct api_activation *asked, int64_t *version,
                  struct status *status);
  // Compares beside the loop, and tells done what it found (compare.c has its shape).
  void (*compare)(void *self, const struct api_comparison *asked, inbox_done *done,
                  void *done_self);
  // Appends a sentence per reason why it is not well; nothing when it is.
  void (*health)(void *self, struct buf *reasons);
  // Appends a sentence per thing that will go wrong unless somebody sees to it.
  void (*warnings)(void *self, struct buf *out);
  void (*metrics)(void *self, struct buf *out);  // appends lines of its own
};

struct api_mount {     // what is under another path, handed on to who knows it
  const char *prefix;  // "/fhir"; NULL: nothing
  void *self;
  struct http_prepared *(*prepare)(void *self, const struct http_request *request);
  void (*handle)(void *self, struct http_request *request);
  const char *(*problem)(int status, const char *why, struct buf *out);  // gives its type
};

struct api {
  struct care *care;         // borrowed
  struct api_engine engine;  // set by the engine after api_init
  struct loop *loop;  // set likewise: what takes long is read beside it; NULL: at once
  struct api_mount mount;  // set likewise, before the server starts
  struct tokens tokens;
  struct keys keys;
  struct rate *rate;                // of patient pages; owned
  struct pending *pending;          // requests that wait for a commit
  struct summary *summaries;        // being made (the first) or waiting for that one
  struct forecasting *forecasting;  // the forecast being made; NULL: none
  struct buf wards;  // metrics of wards as they were counted last (read_wards.c)
  int64_t wards_at;  // then, by the steady clock
  uint64_t reading;  // store_failures when the present request or answer was begun
  uint64_t wrong_codes, wrong_births, limited, unauthorized;  // since the start
};

// Reads tokens from care->site->settings, draws the database's keys, and registers its
// inbox kinds "audit" and "page.failed". Before the first step of the kernel.
int api_init(struct api *api, struct care *care, struct status *status);
// When the kernel steps no more: requests that still wait are answered with 503. Before
// the store is closed and the loop freed.
void api_deinit(struct api *api);
// The handler of an http_server; api is a struct api.
void api_handle(void *api, struct http_request *request);
// Its config's room: little for strangers, much for those with a token, a photo's worth
// for who has a patient's link. This and prepare look only at what stays as it is while
// the server runs: settings, tokens, keys.
struct http_room api_room(void *api, const struct http_request *request);
// Its config's prepare, which api_handle needs: takes calls of the staff API apart.
struct http_prepared *api_prepare(void *api, const struct http_request *request);
// Its config's problem.
const char *api_problem(void *api, const char *path, int status, const char *why,
                        struct buf *out);
// Answers in the words of whoever the path belongs to.
void api_refuse(struct api *api, struct http_request *request, int status,
                const char *why);
// What is read from here on is of one answer.
void api_read_begin(struct api *api);
// Since then a read failed: what was read must not be shown as if it were all there is.
// The log has the statement.
bool api_read_failed(const struct api *api);
// Answers with 500, and true, when one did; logs what was asked.
bool api_unread(struct api *api, struct http_request *request);
// The metrics' text (probe.c has their names).
void api_metrics(struct api *api, struct buf *out);
