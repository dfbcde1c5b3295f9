// A stay was written down for the wrong patient (ADT^A45): it moves to whose it is, with
// what hangs on it.
#pragma once

#include "care/care.h"

struct visit_move {
  int64_t encounter;  // the stay as it is
  int64_t from, into;
  const char *visit;  // its number from now on, of the same source
};

// Within the event's commit. Procedures, diagnoses, drugs and readings of the stay go
// with it. What its events began for the wrong one ends ("visit-moved"), what they had
// restarted comes back; the newest of them is looked at again for the other, whose own
// enrollments of this stay, ended by such a move before, go on: so moving it back undoes
// it. A stay that has the number already takes all that the moved one has.
int visit_move(struct care *care, const struct visit_move *move, struct status *status);
