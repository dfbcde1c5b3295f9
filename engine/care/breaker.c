#include "care/breaker.h"

#include <string.h>

enum { LOST_MOST = 5, FIRST_PAUSE_MS = 30 * 1000, LONGEST_PAUSE_MS = 10 * 60 * 1000 };

int64_t breaker_until(const struct breaker *breaker, int64_t now) {
  return breaker->pause_ms && now < breaker->until ? breaker->until : 0;
}

void breaker_claimed(struct breaker *breaker, int64_t now) {
  if (!breaker->pause_ms || now < breaker->until) return;
  breaker->probe = true;
  breaker->until = now + FIRST_PAUSE_MS;
}

bool breaker_lets(struct breaker *breaker) {
  if (!breaker->pause_ms) return true;
  bool probe = breaker->probe;
  breaker->probe = false;
  if (probe) breaker->trying = true;
  return probe;
}

static void shut(struct breaker *breaker, int64_t now) {
  int64_t pause = breaker->pause_ms ? breaker->pause_ms * 2 : FIRST_PAUSE_MS;
  breaker->pause_ms = pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
  breaker->until = now + breaker->pause_ms;
}

bool breaker_found(struct breaker *breaker, bool lost, int64_t now) {
  bool was = breaker->pause_ms != 0;
  if (!lost) {
    memset(breaker, 0, sizeof *breaker);
    return was;
  }
  // What was under way when it shut says nothing new.
  if (was ? !breaker->trying : ++breaker->lost < LOST_MOST) return false;
  breaker->trying = false;
  shut(breaker, now);
  return !was;
}
