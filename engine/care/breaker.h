// Whether a channel's provider is there: it is shut after failures in a row, and one
// message tries now and then. Times are the engine's, in ms.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum breaker_heard {
  BREAKER_NOTHING,  // nobody was asked, or what came says nothing of the provider
  BREAKER_ANSWER,   // the provider took the message, or refused it
  BREAKER_LOST,     // nobody there, no answer, a fault of the provider's
  BREAKER_WRONG,    // settings are wrong
  BREAKER_SLOWER    // it is there, and wants nothing from anybody for a while
};

struct breaker {
  int64_t lost, wrong;   // in a row
  const char *shut;      // "breaker" "channel-config" "delayed" "rate"; NULL: it is open
  int64_t since, until;  // shut since the first failure; until then nothing leaves by it
  int64_t pause;         // the present one of "breaker" and "channel-config"
  bool trying;           // one is on its way since the pause was over
};

// May one leave now?
bool breaker_lets(const struct breaker *breaker, int64_t now);
// One leaves. After a pause it is the one that tries: no other may until it is heard of,
// or for a minute.
void breaker_leaves(struct breaker *breaker, int64_t now);
// What came of one. until: before which the provider wants nothing; 0: it didn't say.
// True: something changed.
bool breaker_hears(struct breaker *breaker, enum breaker_heard heard, int64_t until,
                   int64_t now);
// The day's limit is reached.
void breaker_rests(struct breaker *breaker, int64_t until, int64_t now);
// A provider that is dead or set up wrongly, as opposed to one that wants fewer.
bool breaker_is_down(const struct breaker *breaker);
