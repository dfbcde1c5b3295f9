// One connection to the server: reads a request, waits for its answer, writes it, goes
// on. Private to this folder.
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "base/buf.h"
#include "io/http_answer.h"
#include "io/http_chunked.h"
#include "io/http_head.h"
#include "io/http_server.h"

enum { HTTP_READ_SIZE = 65536, HTTP_REFUSED_MAX = 64 };

struct http_front;

struct http_listener {
  uv_tcp_t tcp;
  struct http_server *server;
  struct http_listener *next;
};

struct http_server {
  struct http_server_config config;
  struct http_nets trusted;
  struct http_counters counters;
  uv_loop_t *uv;
  uv_timer_t deadline;  // of a graceful stop
  struct http_listener *listeners;
  struct http_conn *conns;
  unsigned handles;      // still to be closed before the memory can go
  unsigned turned_away;  // connections that only wait to read their 503
  unsigned large;        // requests that hold a place for a large body
  bool stopping, freed;  //
  void (*done)(void *ctx);
  void *done_ctx;
  int64_t date_at;               // loop time at which date was written
  char date[32];                 //
  char scratch[HTTP_READ_SIZE];  // every read lands here first
};

enum conn_state {
  CONN_HEAD,    // between requests, or a head is arriving
  CONN_BODY,    // a body is arriving
  CONN_HANDLE,  // the handler has the request
  CONN_DRAIN,   // the last answer is going out
  CONN_LINGER,  // answered and shut; what still comes is thrown away
  CONN_CLOSED
};

enum conn_timing {
  TIME_NONE,
  TIME_IDLE,
  TIME_REQUEST,
  TIME_LARGE,
  TIME_ANSWER,
  TIME_LINGER
};

struct conn_reply {  // an answer on its way to the thread that sends it
  int status;
  struct http_header *headers;  // owned, with their texts
  size_t header_count;
  struct buf body;
};

struct conn_request {
  struct http_request shown;  // first: this is what the handler holds
  struct http_front *front;   // where its answer goes; NULL: to its connection at once
  struct conn_request *next;  // in the front's lists
  struct conn_reply reply;    // from the front
  struct http_head head;
  struct http_chunked chunked;
  struct buf path;
  struct buf body;
  struct http_room room;
  bool holds_place;        // among the large ones
  int64_t thrown_away;     // bytes of a refused body
  struct http_conn *conn;  // NULL once the connection is gone
};

struct http_conn {
  uv_tcp_t tcp;
  uv_timer_t timer;
  uv_write_t write;
  uv_shutdown_t shutdown;
  struct http_server *server;
  struct http_conn *next, *prev;
  enum conn_state state;
  enum conn_timing timing;  // what the timer is armed for
  bool ticking, reading, writing;
  bool eof;                      // the client sends no more
  bool turned_away;              // came when there was no room
  char peer[HTTP_PEER_SIZE];     // who is at the other end; "" until asked
  unsigned handles;              // of tcp and timer, still open
  struct buf in;                 // arrived, not used before at
  size_t at;                     //
  size_t scanned;                // bytes after at in which no head's end was found
  struct buf out;                // to be written
  struct buf sending;            // being written by libuv
  struct conn_request *request;  // being read or handled
};

// Accepts what waits on the listener; with refused it gets only a 503.
void http_conn_accept(struct http_server *server, uv_stream_t *listener, bool refused);
void http_conn_close(struct http_conn *conn);   // at once; memory goes with the loop
void http_conn_tick(struct http_conn *conn);    // goes on as far as it can
void http_conn_retire(struct http_conn *conn);  // closes it if it is idle, for a stop

// http_step.c: the state machine. One step; true when there may be another to take at
// once.
bool http_conn_step(struct http_conn *conn);
void http_conn_move(struct http_conn *conn, enum conn_state to);
void http_conn_refuse(struct http_conn *conn, int status,
                      const char *why);  // and ends it
// Queues the answer to what was asked; the connection goes on or comes to its end.
void http_conn_send(struct http_conn *conn, const struct http_answer *answer);
// http_write.c
bool http_conn_flush(struct http_conn *conn);  // true when nothing is left to write

// http_request.c: from bytes to a request. 0, or the status to refuse with.
int http_request_begin(struct http_conn *conn, size_t head_len, const char **why);
int http_request_feed(struct http_conn *conn, bool *complete, const char **why);
void http_request_free(struct conn_request *request);
void http_request_leave(struct conn_request *request);  // its connection is gone
// Sends the answer, if the connection is there still, and frees the request.
void http_request_answer(struct conn_request *request, int status,
                         const struct http_header *headers, size_t header_count,
                         const void *body, size_t len);
// http_front.c: the same from the handler's thread.
void http_front_reply(struct conn_request *request, int status,
                      const struct http_header *headers, size_t header_count,
                      const void *body, size_t len);

void http_server_conn_gone(struct http_server *server, struct http_conn *conn);
void http_server_release(struct http_server *server);  // one handle fewer
const char *http_server_date(struct http_server *server);
