#include "io/http_front.h"

#include <assert.h>
#include <string.h>
#include <uv.h>

#include "base/mem.h"
#include "io/http_conn.h"
#include "io/loop_thread.h"

struct requests {  // first in, first out
  struct conn_request *first, **end;
};

struct http_front {
  struct loop *there;          // the server's, on its thread
  struct loop_thread *thread;  // NULL until started
  struct http_server *server;
  struct requests whole;                 // there: not handed over yet
  struct loop_wake *arrived, *answered;  // something lies in `in`; in `back`, or is asked

  uv_mutex_t lock;           // of the following
  struct requests in, back;  //
  struct http_counters counters;
  int64_t grace_ms;
  bool stop_asked, end_asked, stopped;

  struct http_server_config config;  // of the handler
  void (*done)(void *ctx);
  void *done_ctx;
  struct http_counters seen;
  size_t held;  // requests handed over and not answered
  bool ended;   // the thread is gone; the memory goes with the last answer
};

static void put(struct requests *list, struct conn_request *first,
                struct conn_request **end) {
  if (!list->first) list->end = &list->first;
  *list->end = first;
  list->end = end;
}

static struct conn_request *take(struct requests *list) {
  struct conn_request *first = list->first;
  list->first = NULL;
  return first;
}

// There: what a round of the loop has brought goes over at its end, in one piece.
static bool hand_over(void *ctx) {
  struct http_front *front = ctx;
  uv_mutex_lock(&front->lock);
  bool wake = front->whole.first && !front->in.first;
  if (front->whole.first) put(&front->in, front->whole.first, front->whole.end);
  front->counters = *http_server_counters(front->server);
  uv_mutex_unlock(&front->lock);
  front->whole.first = NULL;
  if (wake) loop_wake_send(front->arrived);
  return false;
}

static void on_whole(void *ctx, struct http_request *shown) {
  struct conn_request *request = (struct conn_request *)shown;
  request->front = ctx;
  request->next = NULL;
  put(&request->front->whole, request, &request->next);
}

static void on_stopped(void *ctx) {
  struct http_front *front = ctx;
  uv_mutex_lock(&front->lock);
  front->stopped = true;
  uv_mutex_unlock(&front->lock);
  loop_wake_send(front->arrived);
}

static void send_all(struct conn_request *request) {
  while (request) {
    struct conn_request *next = request->next;
    struct conn_reply reply = request->reply;
    request->reply = (struct conn_reply){0};
    http_request_answer(request, reply.status, reply.headers, reply.header_count,
                        buf_text(&reply.body), reply.body.len);
    mem_free(reply.headers);
    buf_deinit(&reply.body);
    request = next;
  }
}

// There: answers have come, or it is time to stop or to end.
static void on_answered(void *ctx) {
  struct http_front *front = ctx;
  uv_mutex_lock(&front->lock);
  struct conn_request *answers = take(&front->back);
  bool stop = front->stop_asked, end = front->end_asked;
  int64_t grace_ms = front->grace_ms;
  front->stop_asked = false;
  uv_mutex_unlock(&front->lock);
  send_all(answers);
  if (stop) http_server_stop(front->server, grace_ms, on_stopped, front);
  if (!end) return;
  http_server_free(front->server);
  loop_stop(front->there);
}

void http_front_serve(struct http_front *front) {
  uv_mutex_lock(&front->lock);
  struct conn_request *request = take(&front->in);
  bool stopped = front->stopped;
  uv_mutex_unlock(&front->lock);
  while (request) {
    struct conn_request *next = request->next;
    front->held++;
    front->config.handle(front->config.ctx, &request->shown);
    request = next;
  }
  void (*done)(void *ctx) = front->done;
  if (!stopped || !done) return;
  front->done = NULL;
  done(front->done_ctx);
}

// Here: requests have come, or all is stopped.
static void on_arrived(void *ctx) { http_front_serve(ctx); }

static struct http_room room(void *ctx, const struct http_request *request) {
  const struct http_server_config *config = &((struct http_front *)ctx)->config;
  return config->room(config->ctx, request);
}

static struct http_prepared *prepare(void *ctx, const struct http_request *request) {
  const struct http_server_config *config = &((struct http_front *)ctx)->config;
  return config->prepare(config->ctx, request);
}

static const char *problem(void *ctx, const char *path, int status, const char *why,
                           struct buf *out) {
  const struct http_server_config *config = &((struct http_front *)ctx)->config;
  return config->problem(config->ctx, path, status, why, out);
}

static struct http_server *server_new(struct http_front *front, struct status *status) {
  struct http_server_config inner = front->config;
  inner.ctx = front;
  inner.handle = on_whole;
  if (inner.room) inner.room = room;
  if (inner.prepare) inner.prepare = prepare;
  if (inner.problem) inner.problem = problem;
  return http_server_new(front->there, &inner, status);
}

struct http_front *http_front_new(struct loop *loop,
                                  const struct http_server_config *config,
                                  struct status *status) {
  struct http_front *front = mem_alloc(sizeof *front);
  front->config = *config;
  front->there = loop_new();
  front->server = server_new(front, status);
  front->config.trusted_proxies = NULL;
  if (!front->server) {
    loop_free(front->there);
    mem_free(front);
    return NULL;
  }
  front->arrived = loop_wake_new(loop, on_arrived, front);
  front->answered = loop_wake_new(front->there, on_answered, front);
  loop_set_work(front->there, hand_over, front);
  int failed = uv_mutex_init(&front->lock);
  assert(!failed);
  (void)failed;
  return front;
}

int http_front_listen(struct http_front *front, const char *host, int port,
                      struct status *status) {
  assert(!front->thread);
  return http_server_listen(front->server, host, port, status);
}

void http_front_start(struct http_front *front) {
  front->thread = loop_thread_new(front->there);
}

void http_front_stop(struct http_front *front, int64_t grace_ms, void (*done)(void *ctx),
                     void *ctx) {
  front->done = done;
  front->done_ctx = ctx;
  uv_mutex_lock(&front->lock);
  front->stop_asked = true;
  front->grace_ms = grace_ms;
  uv_mutex_unlock(&front->lock);
  loop_wake_send(front->answered);
}

static void end_thread(struct http_front *front) {
  uv_mutex_lock(&front->lock);
  front->end_asked = true;
  uv_mutex_unlock(&front->lock);
  loop_wake_send(front->answered);
  loop_thread_free(front->thread);
}

static void drop_all(struct requests *list) {
  struct conn_request *request = take(list);
  while (request) {
    struct conn_request *next = request->next;
    http_request_free(request);
    request = next;
  }
}

void http_front_free(struct http_front *front) {
  if (!front) return;
  if (front->thread)
    end_thread(front);
  else
    http_server_free(front->server);
  drop_all(&front->whole);
  drop_all(&front->in);
  loop_wake_free(front->arrived);
  loop_wake_free(front->answered);
  loop_free(front->there);
  uv_mutex_destroy(&front->lock);
  front->ended = true;
  if (!front->held) mem_free(front);
}

bool http_front_waits(struct http_front *front) {
  uv_mutex_lock(&front->lock);
  bool waits = front->in.first != NULL;
  uv_mutex_unlock(&front->lock);
  return waits;
}

const struct http_counters *http_front_counters(struct http_front *front) {
  uv_mutex_lock(&front->lock);
  front->seen = front->counters;
  uv_mutex_unlock(&front->lock);
  return &front->seen;
}

// An answer to a server that is gone.
static void reply_late(struct http_front *front, struct conn_request *request) {
  http_request_free(request);
  if (!front->held) mem_free(front);
}

static char *copy_text(char **cursor, const char *text) {
  size_t size = strlen(text) + 1;
  char *to = memcpy(*cursor, text, size);
  *cursor += size;
  return to;
}

// One piece of memory: the headers, and behind them their texts.
static struct http_header *copy_headers(const struct http_header *headers, size_t count) {
  size_t size = count * sizeof *headers;
  for (size_t i = 0; i < count; i++)
    size += strlen(headers[i].name) + strlen(headers[i].value) + 2;
  struct http_header *copies = mem_alloc(size);
  char *cursor = (char *)(copies + count);
  for (size_t i = 0; i < count; i++) {
    copies[i].name = copy_text(&cursor, headers[i].name);
    copies[i].value = copy_text(&cursor, headers[i].value);
  }
  return copies;
}

void http_front_reply(struct conn_request *request, int status,
                      const struct http_header *headers, size_t header_count,
                      const void *body, size_t len) {
  struct http_front *front = request->front;
  front->held--;
  if (front->ended) {
    reply_late(front, request);
    return;
  }
  request->reply =
      (struct conn_reply){status, copy_headers(headers, header_count), header_count, {0}};
  buf_put(&request->reply.body, body, len);
  request->next = NULL;
  uv_mutex_lock(&front->lock);
  bool wake = !front->back.first;
  put(&front->back, request, &request->next);
  uv_mutex_unlock(&front->lock);
  if (wake) loop_wake_send(front->answered);
}
