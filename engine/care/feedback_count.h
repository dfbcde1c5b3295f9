// What came of feedback in a period, beside the two periods of the same length before it:
// counted by a reader, without names or texts.
#pragma once

#include "store/store.h"

struct feedback_period {
  int64_t from, to;         // ms; items received from `from` on, before `to`
  const char *departments;  // as access_departments gives them
};

// Appends an encoded map: {items: {now, before, older}, by: {stage|type|nature|channel|
// lead|tier|pair|word: [{key, now, before, older}]}, clocks: [{name, met, late, open}],
// satisfaction: {asked, yes, partly, no}, answered: [{closed, cases, median_ms}],
// nps: {promoters, passives, detractors}, stars: {count, sum}}.
// pair: "stage/type"; word: a phrase that said why. met and late are clocks that ended in
// the period, in time or after it; open ones that ran out count as late.
void feedback_count(struct store *store, const struct feedback_period *period,
                    struct buf *out);
