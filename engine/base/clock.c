#include "base/clock.h"

#include <time.h>

static int64_t read_ms(clockid_t id) {
  struct timespec now;
  clock_gettime(id, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_steady_ms(void) { return read_ms(CLOCK_MONOTONIC); }

static int64_t now_system(struct clock *clock) {
  (void)clock;
  return read_ms(CLOCK_REALTIME);
}

static int64_t now_fast(struct clock *clock) {
  double passed = (double)(clock_steady_ms() - clock->base_steady);
  return clock->base_wall + (int64_t)(passed * clock->speed);
}

static int64_t now_set(struct clock *clock) { return clock->set_to; }

void clock_init_system(struct clock *clock) {
  *clock = (struct clock){.now = now_system, .speed = 1};
}

void clock_init_fast(struct clock *clock, int64_t start_ms, double speed) {
  *clock = (struct clock){.now = now_fast,
                          .base_wall = start_ms,
                          .base_steady = clock_steady_ms(),
                          .speed = speed};
}

void clock_init_set(struct clock *clock, int64_t now_ms) {
  *clock = (struct clock){.now = now_set, .set_to = now_ms};
}

void clock_set(struct clock *clock, int64_t now_ms) { clock->set_to = now_ms; }

int64_t clock_watch(struct clock_watch *watch, struct clock *clock) {
  if (clock->now == now_fast) return 0;  // made of the steady clock
  int64_t wall = clock_now(clock), steady = clock_steady_ms();
  double passed = (double)(steady - watch->steady) * clock->speed;
  int64_t jump = watch->steady ? wall - watch->wall - (int64_t)passed : 0;
  *watch = (struct clock_watch){wall, steady};
  return jump;
}

int64_t clock_now(struct clock *clock) { return clock->now(clock); }
