// One event loop: timers, signals, wake-ups from other threads, work done between polls,
// and jobs done beside it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"

struct loop;
struct loop_timer;
struct loop_wake;
struct loop_job;
struct uv_loop_s;

struct loop *loop_new(void);
// Everything put on the loop must have been freed or closed before; runs what is closing
// to its end.
void loop_free(struct loop *loop);
void loop_run(struct loop *loop);   // returns after loop_stop
void loop_stop(struct loop *loop);  // from the loop's thread; see loop_wake for others
// One round: waits at most so long for something to happen, and does it.
void loop_step(struct loop *loop, int64_t wait_ms);
// How long the sockets waited while something else was done, round by round.
const struct histogram *loop_stalls(const struct loop *loop);
int64_t loop_now(struct loop *loop);  // steady ms at the start of this round

// work is called before and after every poll, again and again until it says false
// (nothing left); if it never does, the loop serves its sockets in between.
void loop_set_work(struct loop *loop, bool (*work)(void *ctx), void *ctx);
// SIGTERM, SIGINT and SIGHUP come here, on the loop's thread. Once per loop.
void loop_on_signal(struct loop *loop, void (*signalled)(void *ctx, int number),
                    void *ctx);

// A one-shot timer, armed again as often as wanted without allocating. fired runs on the
// loop.
struct loop_timer *loop_timer_new(struct loop *loop, void (*fired)(void *ctx), void *ctx);
void loop_timer_arm(struct loop_timer *timer,
                    int64_t delay_ms);  // replaces what was armed
void loop_timer_disarm(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);  // never fires again

// woken runs on the loop after loop_wake_send, which any thread may call; several sends
// can become one.
struct loop_wake *loop_wake_new(struct loop *loop, void (*woken)(void *ctx), void *ctx);
void loop_wake_send(struct loop_wake *wake);
void loop_wake_free(struct loop_wake *wake);  // no thread may send any more

// work runs on another thread, at once or when one is free, and touches nothing but ctx;
// then done runs on the loop, and the job is gone.
struct loop_job *loop_job_new(struct loop *loop, void (*work)(void *ctx),
                              void (*done)(void *ctx), void *ctx);
// Takes a job back before it is done: waits for work if that has begun. ctx is the
// caller's again; done never runs.
void loop_job_free(struct loop_job *job);

struct uv_loop_s *loop_uv(struct loop *loop);  // for this folder only
