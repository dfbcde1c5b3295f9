#include "io/loop_thread.h"

#include <assert.h>
#include <signal.h>
#include <uv.h>

#include "base/mem.h"

struct loop_thread {
  uv_thread_t id;
  struct loop *loop;
};

static void run(void *ctx) {
  struct loop_thread *thread = ctx;
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, NULL);
  loop_run(thread->loop);
}

struct loop_thread *loop_thread_new(struct loop *loop) {
  struct loop_thread *thread = mem_alloc(sizeof *thread);
  thread->loop = loop;
  int failed = uv_thread_create(&thread->id, run, thread);
  assert(!failed);
  (void)failed;
  return thread;
}

void loop_thread_free(struct loop_thread *thread) {
  if (!thread) return;
  uv_thread_join(&thread->id);
  mem_free(thread);
}
