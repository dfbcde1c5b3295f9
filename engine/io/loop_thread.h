// A loop on a thread of its own. Signals stay with the other threads.
#pragma once

#include "io/loop.h"

struct loop_thread;

// Runs the loop there until loop_stop. Until then it is that thread's: others only send
// wakes.
struct loop_thread *loop_thread_new(struct loop *loop);
void loop_thread_free(struct loop_thread *thread);  // waits for its end
