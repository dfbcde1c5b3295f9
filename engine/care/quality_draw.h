// Which of what staff did by telephone and wrote in answers is heard and read by somebody
// else (WARD 27): one in twenty of each person's of a month, and what looks as if it
// never was.
#pragma once

#include "care/care.h"

struct quality_draw {
  struct care *care;
  const char *department, *role, *staff;  // staff: who draws
  const char *form, *reply_form;          // the rubrics; NULL: none, the form's own
  const char *due;                        // NULL: five working days
  char month[8];                          // "2026-10"
  int64_t from, to;                       // it, in the department's zone
  int64_t sampled, suspected;             // what was drawn
};

// The month of a text; NULL: the last one that is over.
int quality_month(struct quality_draw *draw, const char *month, struct status *status);
// Within a transaction. Drawn again, only what is new is added.
void quality_draw_all(struct quality_draw *draw);
