// What time it is. Production asks the system, specs and simulation set it, the demo runs
// it fast.
#pragma once

#include <stdint.h>

struct clock {
  int64_t (*now)(struct clock *clock);  // wall time, ms since 1970 UTC
  int64_t base_wall;                    // wall ms at which a fast clock was started
  int64_t base_steady;                  // steady ms at that moment
  double speed;    // clock ms per real ms; 1 for the system's, 0 for a set one
  int64_t set_to;  // a set clock's time
};

void clock_init_system(struct clock *clock);
void clock_init_fast(struct clock *clock, int64_t start_ms, double speed);
void clock_init_set(struct clock *clock, int64_t now_ms);  // moves only by clock_set
void clock_set(struct clock *clock, int64_t now_ms);
int64_t clock_now(struct clock *clock);
// Where wall and steady clock stood at the last look; zeroed at first.
struct clock_watch {
  int64_t wall, steady;
};
// By how many ms the wall clock has jumped since the last look; 0 at the first.
int64_t clock_watch(struct clock_watch *watch, struct clock *clock);
int64_t clock_steady_ms(void);  // never set back; for measuring, not for dates
