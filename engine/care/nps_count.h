// "How likely would you recommend us, 0 to 10?": items that are called nps, in any form.
#pragma once

#include "care/case_figure.h"

struct nps_counts {
  // Questions put in the period whose form, as it is now, has such an item; and of these
  // the answered ones.
  int64_t asked, answered;
  int64_t promoters, passives, detractors;  // 9 and 10, 7 and 8, the rest: of the answers
};

void nps_count(struct store *store, int64_t from, int64_t to, const char *departments,
               struct nps_counts *out);
