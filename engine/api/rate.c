#include "api/rate.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { PROBES = 8 };
static const double hour_ms = 3600000;

void rate_init(struct rate *rate) {
  *rate = (struct rate){0};
  randombytes_buf(rate->key, sizeof rate->key);
}

static uint64_t hash_name(const struct rate *rate, const char *name) {
  uint64_t hash;
  unsigned char bytes[crypto_shorthash_BYTES];
  crypto_shorthash(bytes, (const unsigned char *)name, strlen(name), rate->key);
  memcpy(&hash, bytes, sizeof hash);
  return hash ? hash : 1;
}

static void refill(struct rate_slot *slot, const struct rate_limit *limit, int64_t now) {
  double earned = (double)(now - slot->at) / hour_ms * limit->per_hour;
  slot->tries = slot->tries + earned > limit->burst ? limit->burst : slot->tries + earned;
  slot->at = now;
}

// The name's slot, or the one of its neighbours that was longest not used.
static struct rate_slot *find(struct rate *rate, uint64_t name) {
  struct rate_slot *oldest = NULL;
  for (unsigned i = 0; i < PROBES; i++) {
    struct rate_slot *slot = &rate->slots[(name + i) % RATE_SLOTS];
    if (slot->name == name) return slot;
    if (!oldest || !slot->name || (oldest->name && slot->at < oldest->at)) oldest = slot;
  }
  return oldest;
}

bool rate_has(struct rate *rate, const struct rate_limit *limit, const char *name,
              int64_t now, int64_t *wait_ms) {
  uint64_t hash = hash_name(rate, name);
  struct rate_slot *slot = find(rate, hash);
  *wait_ms = 0;
  if (slot->name != hash) return true;
  refill(slot, limit, now);
  if (slot->tries >= 1) return true;
  *wait_ms = (int64_t)((1 - slot->tries) * hour_ms / limit->per_hour) + 1;
  return false;
}

void rate_take(struct rate *rate, const struct rate_limit *limit, const char *name,
               int64_t now) {
  uint64_t hash = hash_name(rate, name);
  struct rate_slot *slot = find(rate, hash);
  if (slot->name != hash)
    *slot = (struct rate_slot){.name = hash, .at = now, .tries = limit->burst};
  refill(slot, limit, now);
  slot->tries -= slot->tries >= 1 ? 1 : slot->tries;
}

void rate_address(const char *peer, char *out, unsigned size) {
  unsigned char bytes[16];
  if (inet_pton(AF_INET6, peer, bytes) == 1)
    snprintf(out, size, "%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1],
             bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
  else
    snprintf(out, size, "%s", peer);
}
