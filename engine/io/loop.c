#include "io/loop.h"

#include <assert.h>
#include <signal.h>
#include <uv.h>

#include "base/mem.h"

enum { WORK_MS = 5, SIGNALS = 3 };  // WORK_MS: then sockets have their turn

struct loop {
  uv_loop_t uv;
  uv_prepare_t prepare;         // work queued by timers and closings
  uv_check_t check;             // work queued by sockets
  uv_idle_t spin;               // keeps the poll from sleeping while work is left
  uv_timer_t nap;               // bounds loop_step
  uv_signal_t signal[SIGNALS];  // started by loop_on_signal
  bool stopping;
  uint64_t round_ns, idle_ns;  // when this round began; how long polls slept until then
  struct histogram stalls;
  bool (*work)(void *ctx);
  void *work_ctx;
  void (*signalled)(void *ctx, int number);
  void *signal_ctx;
};

struct loop_timer {
  uv_timer_t uv;
  void (*fired)(void *ctx);
  void *ctx;
};

struct loop_wake {
  uv_async_t uv;
  void (*woken)(void *ctx);
  void *ctx;
};

struct loop_job {
  uv_work_t uv;
  uv_sem_t worked;
  void (*work)(void *ctx);
  void (*done)(void *ctx);  // NULL: taken back
  void *ctx;
};

static void on_spin(uv_idle_t *spin) { (void)spin; }

static void on_nap(uv_timer_t *nap) { (void)nap; }

static void work_off(struct loop *loop) {
  bool more = loop->work != NULL;
  uint64_t until = uv_hrtime() + WORK_MS * UINT64_C(1000000);
  do more = more && loop->work(loop->work_ctx);
  while (more && uv_hrtime() < until);
  if (more)
    uv_idle_start(&loop->spin, on_spin);
  else
    uv_idle_stop(&loop->spin);
}

// Just before the poll: all since the last one but its sleep kept the sockets waiting.
static void keep_stall(struct loop *loop) {
  uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(&loop->uv);
  uint64_t busy = now - loop->round_ns, slept = idle - loop->idle_ns;
  if (loop->round_ns)
    histogram_add(&loop->stalls, (int64_t)(busy > slept ? busy - slept : 0) / 1000000);
  loop->round_ns = now;
  loop->idle_ns = idle;
}

static void on_prepare(uv_prepare_t *prepare) {
  work_off(prepare->data);
  keep_stall(prepare->data);
}

const struct histogram *loop_stalls(const struct loop *loop) { return &loop->stalls; }

static void on_check(uv_check_t *check) { work_off(check->data); }

static void must(int result) {
  assert(result == 0);
  (void)result;
}

struct loop *loop_new(void) {
  struct loop *loop = mem_alloc(sizeof *loop);
  signal(SIGPIPE, SIG_IGN);  // libuv's writes do not ask for MSG_NOSIGNAL
  must(uv_loop_init(&loop->uv));
  must(uv_loop_configure(&loop->uv, UV_METRICS_IDLE_TIME));
  must(uv_prepare_init(&loop->uv, &loop->prepare));
  must(uv_check_init(&loop->uv, &loop->check));
  must(uv_idle_init(&loop->uv, &loop->spin));
  must(uv_timer_init(&loop->uv, &loop->nap));
  for (int i = 0; i < SIGNALS; i++) {
    must(uv_signal_init(&loop->uv, &loop->signal[i]));
    loop->signal[i].data = loop;
  }
  loop->prepare.data = loop->check.data = loop;
  must(uv_prepare_start(&loop->prepare, on_prepare));
  must(uv_check_start(&loop->check, on_check));
  return loop;
}

static void refuse_open(uv_handle_t *handle, void *ctx) {
  (void)ctx;
  assert(uv_is_closing(handle) && "something on the loop was not freed before the loop");
  (void)handle;
}

void loop_free(struct loop *loop) {
  uv_close((uv_handle_t *)&loop->prepare, NULL);
  uv_close((uv_handle_t *)&loop->check, NULL);
  uv_close((uv_handle_t *)&loop->spin, NULL);
  uv_close((uv_handle_t *)&loop->nap, NULL);
  for (int i = 0; i < SIGNALS; i++) uv_close((uv_handle_t *)&loop->signal[i], NULL);
  uv_walk(&loop->uv, refuse_open, NULL);
  uv_run(&loop->uv, UV_RUN_DEFAULT);
  must(uv_loop_close(&loop->uv));
  mem_free(loop);
}

void loop_run(struct loop *loop) {
  while (!loop->stopping) uv_run(&loop->uv, UV_RUN_ONCE);
  loop->stopping = false;
}

void loop_stop(struct loop *loop) {
  loop->stopping = true;
  uv_stop(&loop->uv);
}

void loop_step(struct loop *loop, int64_t wait_ms) {
  if (wait_ms <= 0) {
    uv_run(&loop->uv, UV_RUN_NOWAIT);
    return;
  }
  uv_update_time(&loop->uv);
  uv_timer_start(&loop->nap, on_nap, (uint64_t)wait_ms, 0);
  uv_run(&loop->uv, UV_RUN_ONCE);
  uv_timer_stop(&loop->nap);
}

int64_t loop_now(struct loop *loop) { return (int64_t)uv_now(&loop->uv); }

void loop_set_work(struct loop *loop, bool (*work)(void *ctx), void *ctx) {
  loop->work = work;
  loop->work_ctx = ctx;
}

static void on_signal(uv_signal_t *handle, int number) {
  struct loop *loop = handle->data;
  loop->signalled(loop->signal_ctx, number);
}

void loop_on_signal(struct loop *loop, void (*signalled)(void *ctx, int number),
                    void *ctx) {
  static const int numbers[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};
  loop->signalled = signalled;
  loop->signal_ctx = ctx;
  for (int i = 0; i < SIGNALS; i++)
    must(uv_signal_start(&loop->signal[i], on_signal, numbers[i]));
}

static void on_timer(uv_timer_t *uv) {
  struct loop_timer *timer = uv->data;
  timer->fired(timer->ctx);
}

static void on_closed(uv_handle_t *handle) { mem_free(handle->data); }

struct loop_timer *loop_timer_new(struct loop *loop, void (*fired)(void *ctx),
                                  void *ctx) {
  struct loop_timer *timer = mem_alloc(sizeof *timer);
  must(uv_timer_init(&loop->uv, &timer->uv));
  timer->uv.data = timer;
  timer->fired = fired;
  timer->ctx = ctx;
  return timer;
}

// libuv 1.44 fires a timer of 0 ms again and again in one round when it is armed by its
// own call, and looks at nothing else.
void loop_timer_arm(struct loop_timer *timer, int64_t delay_ms) {
  uv_timer_start(&timer->uv, on_timer, delay_ms > 1 ? (uint64_t)delay_ms : 1, 0);
}

void loop_timer_disarm(struct loop_timer *timer) { uv_timer_stop(&timer->uv); }

void loop_timer_free(struct loop_timer *timer) {
  if (timer) uv_close((uv_handle_t *)&timer->uv, on_closed);
}

static void on_wake(uv_async_t *uv) {
  struct loop_wake *wake = uv->data;
  wake->woken(wake->ctx);
}

struct loop_wake *loop_wake_new(struct loop *loop, void (*woken)(void *ctx), void *ctx) {
  struct loop_wake *wake = mem_alloc(sizeof *wake);
  must(uv_async_init(&loop->uv, &wake->uv, on_wake));
  wake->uv.data = wake;
  wake->woken = woken;
  wake->ctx = ctx;
  return wake;
}

void loop_wake_send(struct loop_wake *wake) { uv_async_send(&wake->uv); }

void loop_wake_free(struct loop_wake *wake) {
  if (wake) uv_close((uv_handle_t *)&wake->uv, on_closed);
}

static void on_job(uv_work_t *uv) {
  struct loop_job *job = uv->data;
  job->work(job->ctx);
  uv_sem_post(&job->worked);
}

static void on_job_done(uv_work_t *uv, int cancelled) {
  struct loop_job *job = uv->data;
  void (*done)(void *ctx) = job->done;
  void *ctx = job->ctx;
  (void)cancelled;
  uv_sem_destroy(&job->worked);
  mem_free(job);
  if (done) done(ctx);
}

struct loop_job *loop_job_new(struct loop *loop, void (*work)(void *ctx),
                              void (*done)(void *ctx), void *ctx) {
  struct loop_job *job = mem_alloc(sizeof *job);
  must(uv_sem_init(&job->worked, 0));
  job->work = work;
  job->done = done;
  job->ctx = ctx;
  job->uv.data = job;
  must(uv_queue_work(&loop->uv, &job->uv, on_job, on_job_done));
  return job;
}

void loop_job_free(struct loop_job *job) {
  if (!job) return;
  job->done = NULL;
  if (uv_cancel((uv_req_t *)&job->uv)) uv_sem_wait(&job->worked);
}

struct uv_loop_s *loop_uv(struct loop *loop) {
  return &loop->uv;
}
