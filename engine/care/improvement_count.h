// Before and after what was mended: the items that an improvement should make fewer, in
// as many days before it was decided on as have gone by since it was done.
#pragma once

#include "care/case_figure.h"

enum { IMPROVEMENTS_MOST = 32, IMPROVEMENT_DAYS = 90 };

struct improvement_side {
  int64_t items, satisfied, unsatisfied, met, late;
};

struct improvement_scope {
  char *title, *text[4];             // lead, stage, type, ward; NULL: any; owned
  int64_t opened_at, done_at, days;  // days: of each side
  struct improvement_side before, after;
};

struct improvements {
  struct improvement_scope list[IMPROVEMENTS_MOST];
  int count;
  int64_t from, to;  // of the items that matter to one of them
};

// Those that were done between from and to, the newest first; what came until `to`
// counts.
void improvements_load(struct store *store, int64_t from, int64_t to,
                       const char *departments, struct improvements *out);
void improvements_add(struct improvements *improvements, const struct case_figure *figure,
                      const struct improvement_side *worth);
// Appends an encoded list of {after: {items, late, met, satisfied, unsatisfied}, before,
// days, done_at, lead, opened_at, stage, title, type, ward}.
void improvements_put(const struct improvements *improvements, const struct zone *zone,
                      struct buf *out);
void improvements_deinit(struct improvements *improvements);
