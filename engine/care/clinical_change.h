// What was done, found or ordered turns out not to be so, or to be something else (WARD
// 21: codes come late, and are corrected).
#pragma once

#include "care/event_apply.h"

struct coded {
  char *code, *name;  // "" when it has none
  int64_t at;         // ms; 0: not said
};

// Within the event's commit. It no longer counts, and what its own event began ends
// ("coding-withdrawn"). Scripts are asked again who is to be followed: who isn't, no
// longer is, and the head nurse gets to know. Nothing when it is not known.
void clinical_withdraw(struct event_in *event, const char *kind,
                       const struct coded *item);
// The row of was becomes item. When that is known already, was is withdrawn instead. True
// when was is known.
bool clinical_correct(struct event_in *event, const char *kind, const struct coded *was,
                      const struct coded *item);
// It is so after all.
void clinical_restore(struct event_in *event, int64_t row);
