// Recovery curves: the readings of one code over time, beside the course that a pathway
// expects.
#pragma once

#include "care/care.h"

struct curve_point {
  int64_t at;
  char day[11];
  double value, low, high;  // the reference range; NAN when not known
};
struct curve_band {  // what is expected at that time; straight between two of them
  int64_t at;
  double low, high;
};
struct curve {  // all owned
  struct curve *next;
  char *code, *unit;           // unit may be NULL
  char *zh, *en;               // its title
  char *source;                // where the expected course is from; NULL
  char *department, *pathway;  // that declare it; NULL: nobody does
  int64_t enrollment, anchor;  // likewise 0
  struct curve_point *points;  // oldest first
  struct curve_band *bands;
  size_t count, band_count;
};

// Those that pathways of the patient declare, the newest enrollment first, then every
// other code with two readings or more. departments: JSON, whose pathways; NULL: all.
// page: only what is meant for the patient's own page and names no diagnosis (WARD 1).
struct curve *curves_read(struct care *care, int64_t patient, const char *departments,
                          bool page);
void curves_free(struct curve *curves);
// What is expected at that time; false where nothing is.
bool curve_expected(const struct curve *curve, int64_t at, struct curve_band *out);
// -1 below the expected course, 1 above, 0 within or when nothing is expected.
int curve_side(const struct curve *curve, const struct curve_point *point);
