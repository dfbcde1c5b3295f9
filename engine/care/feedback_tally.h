// Counters of a report by group and word: "stage" × "billing".
#pragma once

#include "base/buf.h"
#include "care/case_figure.h"

// The months that are counted: 0 the reported one, 1 before it, 2 before that.
enum { TALLY_MONTHS = 3, TALLY_WEEKS = 16, TALLY_KEY = 120 };

struct tally_counter {
  char key[TALLY_KEY];  // group, a separator, word
  int64_t months[TALLY_MONTHS];
  int64_t weeks[TALLY_WEEKS];
  // Of the reported month: its cases' clocks that ended in time or ran out, and who said
  // that they were satisfied, at least in part, or not.
  int64_t met, late, satisfied, unsatisfied;
};

struct tally {
  struct tally_counter *slots;
  size_t used;
};

struct tally_place {                  // where an item counts
  int month, week;                    // -1: in none
  const struct tally_counter *worth;  // what of it counts beside itself; months unused
};

void tally_init(struct tally *tally);
void tally_deinit(struct tally *tally);
// What is new when there is no more room is left out: the greatest come first by far.
void tally_add(struct tally *tally, const char *group, const char *word, size_t len,
               const struct tally_place *place);
// Appends an encoded map, group → list of {key, now, before, older, met, late, satisfied,
// unsatisfied, weeks}. Nothing can be added afterwards.
void tally_put(struct tally *tally, struct buf *out);
