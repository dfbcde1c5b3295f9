// What arrived at the sink, counted by the message's key.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arrival {
  int64_t us;       // steady
  char key[48];     //
  char class_[16];  // of the message
};

struct tally {
  struct arrival *list;  // in order
  size_t count, cap;
  uint32_t *slots;    // position in list + 1 of each distinct key, hashed
  size_t slot_count;  // a power of two
  size_t distinct;
};

int64_t tally_now_us(void);
// Keeps an arrival. False when the key was there before.
bool tally_add(struct tally *tally, const char *key, const char *class_);
void tally_deinit(struct tally *tally);
