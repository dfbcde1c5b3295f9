#include "base/public_id.h"

#include <sodium.h>
#include <string.h>

_Static_assert(PUBLIC_ID_KEY == crypto_shorthash_KEYBYTES, "the key is SipHash's");

enum { ROUNDS = 8, HALF_BITS = 30, ROW_BITS = 40, DIGITS = 12 };
static const uint64_t half_mask = (UINT64_C(1) << HALF_BITS) - 1;
static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

static uint64_t mix(const unsigned char *key, char kind, int round, uint64_t half) {
  unsigned char in[6] = {(unsigned char)kind,         (unsigned char)round,
                         (unsigned char)half,         (unsigned char)(half >> 8),
                         (unsigned char)(half >> 16), (unsigned char)(half >> 24)};
  unsigned char hash[crypto_shorthash_BYTES];
  uint64_t out = 0;
  crypto_shorthash(hash, in, sizeof in, key);
  for (int i = 0; i < 4; i++) out |= (uint64_t)hash[i] << (8 * i);
  return out & half_mask;
}

static uint64_t scramble(const unsigned char *key, char kind, uint64_t number) {
  uint64_t left = number >> HALF_BITS, right = number & half_mask;
  for (int round = 0; round < ROUNDS; round++) {
    uint64_t next = left ^ mix(key, kind, round, right);
    left = right;
    right = next;
  }
  return left << HALF_BITS | right;
}

static uint64_t unscramble(const unsigned char *key, char kind, uint64_t number) {
  uint64_t left = number >> HALF_BITS, right = number & half_mask;
  for (int round = ROUNDS - 1; round >= 0; round--) {
    uint64_t before = right ^ mix(key, kind, round, left);
    right = left;
    left = before;
  }
  return left << HALF_BITS | right;
}

void public_id_format(const unsigned char key[PUBLIC_ID_KEY], char kind, int64_t row,
                      char out[PUBLIC_ID_SIZE]) {
  uint64_t number = scramble(key, kind, (uint64_t)row);
  out[0] = kind;
  for (int i = 0; i < DIGITS; i++) out[1 + i] = letters[number >> (5 * i) & 31];
  out[1 + DIGITS] = '\0';
}

int64_t public_id_parse(const unsigned char key[PUBLIC_ID_KEY], char kind,
                        const char *text) {
  uint64_t number = 0;
  if (text[0] != kind || strnlen(text, PUBLIC_ID_SIZE) != 1 + DIGITS) return 0;
  for (int i = 0; i < DIGITS; i++) {
    const char *at = strchr(letters, text[1 + i]);
    if (!at) return 0;
    number |= (uint64_t)(at - letters) << (5 * i);
  }
  number = unscramble(key, kind, number);
  return number >> ROW_BITS ? 0 : (int64_t)number;
}
