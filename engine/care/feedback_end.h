// How cases ended, and whether who waited longer for the answer was less satisfied.
#pragma once

#include "base/buf.h"
#include "care/case_figure.h"

enum { ENDS_MOST = 16, END_WORD = 32, BANDS = 4 };

struct feedback_ends {
  int64_t asked, yes, partly, no;
  struct {
    char closed[END_WORD];
    struct buf took;  // int64_t each
  } ends[ENDS_MOST];
  int count;
  int64_t satisfied[BANDS], unsatisfied[BANDS];  // by the time to the answer
};

// 1 in one of both when its sender said so: yes and partly are satisfied.
void feedback_end_worth(const struct case_figure *figure, int64_t *satisfied,
                        int64_t *unsatisfied);
void feedback_ends_add(struct feedback_ends *ends, const struct case_figure *figure);
void feedback_ends_put(const struct feedback_ends *ends, struct buf *out);
void feedback_ends_put_times(struct feedback_ends *ends, struct buf *out);
void feedback_ends_put_bands(const struct feedback_ends *ends, struct buf *out);
void feedback_ends_deinit(struct feedback_ends *ends);
