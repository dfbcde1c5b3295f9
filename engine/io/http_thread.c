#include "io/http_thread.h"

#include <assert.h>
#include <string.h>
#include <uv.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/loop_thread.h"

struct parcel {  // a call on its way there, its answer on the way back
  struct parcel *next;
  struct http_thread *thread;
  void (*done)(void *ctx, const struct http_result *result);
  void *ctx;
  struct http_call call;      // its texts are in texts
  struct http_result result;  // of the way back, the same
  struct http_header *headers;
  char *texts;
};

struct parcels {  // first in, first out
  struct parcel *first, **end;
};

struct http_thread {
  struct loop_thread *loop_thread;
  struct loop *there;                 // its own
  struct http_client *client;         // on it
  struct loop_wake *calls, *answers;  // something lies in out, in back
  uv_mutex_t lock;                    // of the three below
  struct parcels out, back;
  bool ending;
};

static void parcels_put(struct parcels *list, struct parcel *parcel) {
  parcel->next = NULL;
  if (!list->first) list->end = &list->first;
  *list->end = parcel;
  list->end = &parcel->next;
}

static struct parcel *take_all(struct http_thread *thread, struct parcels *list) {
  uv_mutex_lock(&thread->lock);
  struct parcel *first = list->first;
  list->first = NULL;
  uv_mutex_unlock(&thread->lock);
  return first;
}

// True when the list was empty: then the other side must be woken.
static bool hand_over(struct http_thread *thread, struct parcels *list,
                      struct parcel *parcel) {
  uv_mutex_lock(&thread->lock);
  bool first = !list->first;
  parcels_put(list, parcel);
  uv_mutex_unlock(&thread->lock);
  return first;
}

static size_t text_size(const char *text) { return text ? strlen(text) + 1 : 0; }

static size_t headers_size(const struct http_header *headers, size_t count) {
  size_t size = 0;
  for (size_t i = 0; i < count; i++)
    size += text_size(headers[i].name) + text_size(headers[i].value);
  return size;
}

// Copies bytes to where the cursor is, with a NUL behind, and moves it on.
static const char *copy_bytes(char **cursor, const void *bytes, size_t len) {
  char *to = *cursor;
  if (len) memcpy(to, bytes, len);
  to[len] = 0;
  *cursor += len + 1;
  return to;
}

static const char *copy_text(char **cursor, const char *text) {
  return text ? copy_bytes(cursor, text, strlen(text)) : NULL;
}

static void copy_headers(struct parcel *parcel, char **cursor,
                         const struct http_header *headers, size_t count) {
  parcel->headers = mem_alloc((count + 1) * sizeof *headers);
  for (size_t i = 0; i < count; i++)
    parcel->headers[i] = (struct http_header){copy_text(cursor, headers[i].name),
                                              copy_text(cursor, headers[i].value)};
}

static void parcel_empty(struct parcel *parcel) {
  mem_free(parcel->headers);
  mem_free(parcel->texts);
  parcel->headers = NULL;
  parcel->texts = NULL;
}

static void put_call(struct parcel *parcel, const struct http_call *call) {
  parcel->texts =
      mem_alloc(text_size(call->method) + text_size(call->url) + call->body_len + 1 +
                headers_size(call->headers, call->header_count));
  char *cursor = parcel->texts;
  parcel->call = *call;
  parcel->call.method = copy_text(&cursor, call->method);
  parcel->call.url = copy_text(&cursor, call->url);
  parcel->call.body = copy_bytes(&cursor, call->body, call->body_len);
  copy_headers(parcel, &cursor, call->headers, call->header_count);
  parcel->call.headers = parcel->headers;
}

static void put_result(struct parcel *parcel, const struct http_result *result) {
  parcel_empty(parcel);
  parcel->texts = mem_alloc(text_size(result->error) + result->body_len + 1 +
                            headers_size(result->headers, result->header_count));
  char *cursor = parcel->texts;
  parcel->result = *result;
  parcel->result.error = copy_text(&cursor, result->error);
  parcel->result.body = copy_bytes(&cursor, result->body, result->body_len);
  copy_headers(parcel, &cursor, result->headers, result->header_count);
  parcel->result.headers = parcel->headers;
}

// There: the answer of the client.
static void answered(void *ctx, const struct http_result *result) {
  struct parcel *parcel = ctx;
  struct http_thread *thread = parcel->thread;
  put_result(parcel, result);
  if (hand_over(thread, &thread->back, parcel)) loop_wake_send(thread->answers);
}

static void start(struct http_thread *thread, struct parcel *parcel) {
  struct status status = {0};
  if (http_client_send(thread->client, &parcel->call, answered, parcel, &status)) return;
  answered(parcel, &(struct http_result){
                       .outcome = HTTP_WRONG, .body = "", .error = status.text});
}

static void start_all(struct http_thread *thread) {
  struct parcel *parcel = take_all(thread, &thread->out);
  while (parcel) {
    struct parcel *next = parcel->next;
    start(thread, parcel);
    parcel = next;
  }
}

// There: calls have come, or it is time to end.
static void on_calls(void *ctx) {
  struct http_thread *thread = ctx;
  start_all(thread);
  uv_mutex_lock(&thread->lock);
  bool ending = thread->ending;
  uv_mutex_unlock(&thread->lock);
  if (ending) loop_stop(thread->there);
}

// Here: answers have come.
static void on_answers(void *ctx) {
  struct http_thread *thread = ctx;
  struct parcel *parcel = take_all(thread, &thread->back);
  while (parcel) {
    struct parcel *next = parcel->next;
    parcel->done(parcel->ctx, &parcel->result);
    parcel_empty(parcel);
    mem_free(parcel);
    parcel = next;
  }
}

struct http_thread *http_thread_new(struct loop *loop,
                                    const struct http_client_config *config) {
  struct http_thread *thread = mem_alloc(sizeof *thread);
  thread->there = loop_new();
  thread->client = http_client_new(thread->there, config);
  thread->calls = loop_wake_new(thread->there, on_calls, thread);
  thread->answers = loop_wake_new(loop, on_answers, thread);
  int failed = uv_mutex_init(&thread->lock);
  assert(!failed);
  (void)failed;
  thread->loop_thread = loop_thread_new(thread->there);
  return thread;
}

static void end(struct http_thread *thread) {
  uv_mutex_lock(&thread->lock);
  thread->ending = true;
  uv_mutex_unlock(&thread->lock);
  loop_wake_send(thread->calls);
  loop_thread_free(thread->loop_thread);
}

void http_thread_free(struct http_thread *thread) {
  if (!thread) return;
  end(thread);
  start_all(thread);  // what came too late for the thread; the client cuts it off
  http_client_free(thread->client);
  on_answers(thread);
  loop_wake_free(thread->calls);
  loop_wake_free(thread->answers);
  loop_free(thread->there);
  uv_mutex_destroy(&thread->lock);
  mem_free(thread);
}

void http_thread_send(struct http_thread *thread, const struct http_call *call,
                      void (*done)(void *ctx, const struct http_result *result),
                      void *ctx) {
  struct parcel *parcel = mem_alloc(sizeof *parcel);
  parcel->thread = thread;
  parcel->done = done;
  parcel->ctx = ctx;
  put_call(parcel, call);
  if (hand_over(thread, &thread->out, parcel)) loop_wake_send(thread->calls);
}
