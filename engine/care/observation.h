// Readings: laboratory results, vital signs, what devices and forms measure.
#pragma once

#include "care/care.h"

struct observation_spec {  // texts may be NULL but for code; numbers not said are NAN
  int64_t patient, at;
  int64_t answer;     // 0: it came by itself
  int64_t encounter;  // 0: its source did not say in which stay
  const char *code, *unit, *source;
  double value, low, high;  // of the reference range; all in unit
  const char *text;         // of a result that is no number
  const char *flag;         // the laboratory's
  const char *reading;      // the source's own id of it
  const char *given;        // as it was sent, when in another unit
  const char *device;
  int64_t root;      // of a correction: the first row of this reading
  double corrects;   // of a correction: what it said before
  const char *gone;  // it never counts: taken back before it came
};

// Keeps it and records it as the event observation:<code>; its row.
int64_t observation_keep(struct care *care, const struct observation_spec *spec);
// The row as it is counts no more, and why: corrected deleted wrong-patient. What was
// taken back for good is the event observation-withdrawn.
void observation_end(struct care *care, int64_t row, const char *why);
// The same reading for another patient: its new row.
int64_t observation_move(struct care *care, int64_t row, int64_t patient);
// Whether the reading that this row began still counts in some row.
bool observation_counts(struct care *care, int64_t root);
// Whether the fields of a checked map make sense together.
int observation_check(const struct value *map, struct status *status);
