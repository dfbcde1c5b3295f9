#include "store/guard_sum.h"

#include <string.h>

enum { LANES = 4 };

static uint64_t turn(uint64_t sum, uint64_t word) {
  sum = (sum ^ word) * 0x9E3779B97F4A7C15u;
  return sum ^ (sum >> 32);
}

// Lanes do not wait for each other: about a microsecond for 4096 bytes.
uint64_t guard_sum(const unsigned char *page, size_t len, uint64_t place) {
  uint64_t lanes[LANES] = {place, 1, 2, 3}, sum = len;
  for (size_t at = 0; at < len; at += LANES * sizeof(uint64_t)) {
    uint64_t words[LANES] = {0};
    size_t left = len - at;
    memcpy(words, page + at, left < sizeof words ? left : sizeof words);
    for (int i = 0; i < LANES; i++) lanes[i] = turn(lanes[i], words[i]);
  }
  for (int i = 0; i < LANES; i++) sum = turn(sum, lanes[i]);
  return sum ? sum : 1;
}

static uint32_t word_at(const unsigned char *bytes, bool big) {
  return big ? (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                   (uint32_t)bytes[2] << 8 | bytes[3]
             : (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 |
                   (uint32_t)bytes[1] << 8 | bytes[0];
}

// https://sqlite.org/fileformat2.html#checksum_algorithm
static void frame_sum(const unsigned char *bytes, size_t len, bool big, uint32_t *s0,
                      uint32_t *s1) {
  for (size_t at = 0; at + 8 <= len; at += 8) {
    *s0 += word_at(bytes + at, big) + *s1;
    *s1 += word_at(bytes + at + 4, big) + *s0;
  }
}

bool guard_frame_fits(const unsigned char head[FRAME_HEAD], const unsigned char *page,
                      size_t len, const unsigned char before[8], bool big) {
  uint32_t s0 = word_at(before, true), s1 = word_at(before + 4, true);
  frame_sum(head, 8, big, &s0, &s1);
  frame_sum(page, len, big, &s0, &s1);
  return s0 == word_at(head + 16, true) && s1 == word_at(head + 20, true);
}
