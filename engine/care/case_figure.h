// A case as reports count it: narrow, without texts and people.
#pragma once

#include "care/care.h"

enum case_figure_text {
  FIGURE_DEPARTMENT,
  FIGURE_LEAD,
  FIGURE_STAGE,
  FIGURE_TYPE,
  FIGURE_NATURE,
  FIGURE_CHANNEL,
  FIGURE_TIER,
  FIGURE_WARD,
  FIGURE_WORDS,   // phrases that said so, apart by 、
  FIGURE_CLOCKS,  // "dispatch=met resolution=late call-back=open"
  FIGURE_CLOSED,  // how it ended
  FIGURE_TEXTS
};

struct case_figure {
  int64_t enrollment, received_at;
  const char *text[FIGURE_TEXTS];  // borrowed; NULL: not known
  int64_t stars;                   // 0: none
  int64_t took;                    // ms to the first answer; 0: not yet
  bool asked;                      // whether they are satisfied
};

// A case was closed, or what it is counted by was changed: its row is made anew; that of
// an open one is removed.
void case_figure_keep(struct care *care, int64_t enrollment);

// Every case received from `from` on, before `to`, but those that were merged into
// another, in no order. departments as access_departments gives them.
typedef void case_figure_visit(void *self, const struct case_figure *figure);
void case_figures(struct store *store, int64_t from, int64_t to, const char *departments,
                  case_figure_visit *visit, void *self);
