// One running clock of a case: its row, and its row in due.
#pragma once

#include "care/care.h"

struct case_clock {  // texts owned
  int64_t id, enrollment, patient, round, started_at, paused_ms, due_at, next_at,
      warned_at, breached_at, extended_at;
  double at_risk;  // share of its span after which it is warned of
  bool paused;     // the case waits for its patient, and the clock with it
  bool pauses;     // it does so at all
  char *name, *span, *extend, *department;
};

// One that runs or has not begun; false when it is over. drop frees what load left, also
// of false.
bool case_clock_load(struct care *care, int64_t id, struct case_clock *out);
void case_clock_drop(struct case_clock *clock);
// When its row in due is: the warning, then the deadline; none while the case waits.
int64_t case_clock_next(const struct case_clock *clock);
void case_clock_arm(struct care *care, struct case_clock *clock);
// Its deadline from the ledger, by the calendar as it is now, without writing it: whether
// it differs.
bool case_clock_measure(struct care *care, struct case_clock *clock);
// The same, and armed when it differs.
void case_clock_count(struct care *care, struct case_clock *clock);
// When so long a clock that began there is due; 0: the span is none.
int64_t case_clock_span_due(struct care *care, const char *department, const char *span,
                            int64_t from);
