// Shuts a channel's door while nobody is behind it. Times are the engine's.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct breaker {       // zeroed: open to all
  int lost;            // tries in a row that found no provider
  int64_t pause_ms;    // 0: it is not shut
  int64_t until;       // shut until then; then one may try
  bool probe, trying;  // that one is on its way to the channel, to its provider
};

// Until when nothing is to be claimed for the channel; 0 when something may.
int64_t breaker_until(const struct breaker *breaker, int64_t now);
// One was claimed; when the pause is over it is the one that tries, and the door is shut
// again until it is known what became of it.
void breaker_claimed(struct breaker *breaker, int64_t now);
// May this one be sent? Those that were claimed before the door was shut may not.
bool breaker_lets(struct breaker *breaker);
// What a try found. True: the door was shut or opened by it.
bool breaker_found(struct breaker *breaker, bool lost, int64_t now);
