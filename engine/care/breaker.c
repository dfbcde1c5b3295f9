#include "care/breaker.h"

#include <string.h>

enum {
  LOST_MOST = 5,   // of which some may have been under way together
  WRONG_MOST = 3,  // one may be a fault of the plugin with that one message
  FIRST_MS = 30 * 1000,
  LONGEST_MS = 10 * 60 * 1000,
  WRONG_MS = 15 * 60 * 1000,  // people mend settings
  TRYING_MS = 60 * 1000,      // when nothing is heard of the one that tries
  RATE_MS = 60 * 60 * 1000,   // a Retry-After of years must not silence everybody
};

bool breaker_lets(const struct breaker *breaker, int64_t now) {
  return !breaker->shut || now >= breaker->until;
}

bool breaker_is_down(const struct breaker *breaker) {
  return breaker->shut && (strcmp(breaker->shut, "breaker") == 0 ||
                           strcmp(breaker->shut, "channel-config") == 0);
}

static void open_up(struct breaker *breaker) {
  breaker->shut = NULL;
  breaker->since = breaker->until = breaker->pause = 0;
  breaker->trying = false;
}

// What the provider itself said, or its day, is not cut short.
static void shut_for(struct breaker *breaker, const char *why, int64_t pause,
                     int64_t now) {
  bool was_down = breaker_is_down(breaker);
  bool later = breaker->shut && !was_down && breaker->until > now + pause;
  if (!was_down) breaker->since = now;
  if (!later) breaker->until = now + pause;
  breaker->shut = why;
  breaker->pause = pause;
  breaker->trying = false;
}

void breaker_leaves(struct breaker *breaker, int64_t now) {
  if (!breaker_is_down(breaker)) {
    if (breaker->shut) open_up(breaker);
    return;
  }
  breaker->trying = true;
  breaker->until = now + TRYING_MS;
}

void breaker_rests(struct breaker *breaker, int64_t until, int64_t now) {
  shut_for(breaker, "delayed", 0, now);
  breaker->until = until;
}

static bool answered(struct breaker *breaker) {
  bool changed = breaker->lost || breaker->wrong || breaker_is_down(breaker);
  breaker->lost = breaker->wrong = 0;
  if (breaker_is_down(breaker)) open_up(breaker);
  return changed;
}

static int64_t longer(const struct breaker *breaker) {
  if (!breaker->pause || strcmp(breaker->shut, "breaker") != 0) return FIRST_MS;
  return breaker->pause * 2 < LONGEST_MS ? breaker->pause * 2 : LONGEST_MS;
}

static void not_before(struct breaker *breaker, int64_t until, int64_t now) {
  if (until > now + RATE_MS) until = now + RATE_MS;
  if (until <= now || (breaker->shut && until <= breaker->until)) return;
  if (!breaker->shut) shut_for(breaker, "rate", 0, now);
  breaker->until = until;
}

// What was under way when it was shut says nothing new.
static bool failed(struct breaker *breaker, bool wrong, int64_t until, int64_t now) {
  int64_t *count = wrong ? &breaker->wrong : &breaker->lost;
  bool enough = ++*count >= (wrong ? WRONG_MOST : LOST_MOST);
  if (breaker_is_down(breaker) ? breaker->trying : enough)
    shut_for(breaker, wrong ? "channel-config" : "breaker",
             wrong ? WRONG_MS : longer(breaker), now);
  not_before(breaker, until, now);
  return true;
}

static bool slower(struct breaker *breaker, int64_t until, int64_t now) {
  answered(breaker);
  not_before(breaker, until, now);
  return true;
}

bool breaker_hears(struct breaker *breaker, enum breaker_heard heard, int64_t until,
                   int64_t now) {
  switch (heard) {
    case BREAKER_NOTHING: return false;
    case BREAKER_ANSWER: return answered(breaker);
    case BREAKER_LOST: return failed(breaker, false, until, now);
    case BREAKER_WRONG: return failed(breaker, true, 0, now);
    case BREAKER_SLOWER: return slower(breaker, until, now);
  }
  return false;
}
