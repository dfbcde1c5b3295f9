#include "io/http_thread.h"

#include <assert.h>
#include <uv.h>

#include "base/mem.h"
#include "io/loop_thread.h"

struct parcel {  // an errand on its way there, and on the way back
  struct parcel *next;
  struct http_thread *thread;
  const struct http_errand *errand;
  void *ctx;
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

// There: the errand is over.
static void bring_back(struct parcel *parcel) {
  struct http_thread *thread = parcel->thread;
  if (hand_over(thread, &thread->back, parcel)) loop_wake_send(thread->answers);
}

static void answered(void *ctx, const struct http_result *result) {
  struct parcel *parcel = ctx;
  parcel->errand->answered(parcel->ctx, result);
  bring_back(parcel);
}

static void start(struct http_thread *thread, struct parcel *parcel) {
  struct http_call call = {0};
  struct status status = {0};
  if (!parcel->errand->make(parcel->ctx, &call))
    bring_back(parcel);
  else if (!http_client_send(thread->client, &call, answered, parcel, &status))
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
    parcel->errand->done(parcel->ctx);
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

void http_thread_send(struct http_thread *thread, const struct http_errand *errand,
                      void *ctx) {
  struct parcel *parcel = mem_alloc(sizeof *parcel);
  parcel->thread = thread;
  parcel->errand = errand;
  parcel->ctx = ctx;
  if (hand_over(thread, &thread->out, parcel)) loop_wake_send(thread->calls);
}
