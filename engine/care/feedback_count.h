// What came of feedback in a month, beside the two before it: counted by a reader,
// without names or texts.
#pragma once

#include "care/feedback_tally.h"

struct feedback_period {
  // Items received from `from` on, before `to`; those of the periods before begin here.
  int64_t from, to, before, older;
  int64_t now;                     // what comes later has not come yet
  int64_t weeks[TALLY_WEEKS + 1];  // where weeks begin, the last one ends; in order
  const char *departments;         // as access_departments gives them
  const struct zone *zone;         // in which moments are told
};

// Appends an encoded map:
// - items: {now, before, older, weeks}
// - by: {stage|type|nature|channel|lead|tier|ward|pair|word|why: [{key, now, before,
//   older, met, late, satisfied, unsatisfied, weeks}]}; pair: "stage/type"; word: a
//   phrase that said why; why: "lead/word"
// - clocks: [{name, met, late, open}]: of items of the month, those that ended in time,
//   that ran out, and that run
// - satisfaction: {asked, yes, partly, no}: how cases of the month ended
// - answered: [{closed, cases, median_ms}], bands: [{hours, satisfied, unsatisfied}]:
//   those answered within so many hours (0: later) of coming in and after the band before
// - nps: {asked, promoters, passives, detractors}, stars: {count, sum}
// - improvements: those done since `older`, each before and after (improvement_count.h)
void feedback_count(struct store *store, const struct feedback_period *period,
                    struct buf *out);
