// Who may try again: buckets of tries that fill with time, in a table that can't grow.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { RATE_SLOTS = 4096 };

struct rate {
  unsigned char key[16];  // nobody can aim at another's slot
  struct rate_slot {
    uint64_t name;  // hash; 0: free
    int64_t at;     // steady ms when tries was true
    double tries;   // left
  } slots[RATE_SLOTS];
};

struct rate_limit {
  double burst;     // tries at once
  double per_hour;  // as they come back
};

void rate_init(struct rate *rate);
// Whether a try is left; ms until the next one otherwise.
bool rate_has(struct rate *rate, const struct rate_limit *limit, const char *name,
              int64_t now, int64_t *wait_ms);
void rate_take(struct rate *rate, const struct rate_limit *limit, const char *name,
               int64_t now);
// The name of a client's address: an IPv6 network of 64 bits counts as one.
void rate_address(const char *peer, char *out, unsigned size);
