// A ladder with the rung that something happened on, and what is known of its message.
// For ladder*.c alone.
#pragma once

#include "care/ladder_row.h"

struct climb {  // a ladder and the rung that something happened on
  struct ladder ladder;
  struct rung rung;
  bool live;     // the ladder is open
  bool present;  // and on this rung
};

// position 0: the one it is on. Deinit it whether it is there or not.
void climb_load(struct care *care, int64_t ladder, int64_t position, struct climb *out);
void climb_deinit(struct climb *climb);

struct signs {  // of one rung's message
  bool delivered, doubted;
  int64_t read_at;  // when its message was read or its page opened; 0: not
};

struct signs signs_of(struct care *care, const struct ladder *ladder,
                      const struct rung *rung);
enum channel_receipts rung_receipts(struct care *care, const struct rung *rung);
