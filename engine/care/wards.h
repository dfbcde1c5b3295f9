// How well each ward's patients can be reached: of those in a bed now and of those who
// left, how many have a proved number (WARD 10), how many a bound account (WARD 9).
#pragma once

#include <stdint.h>

#include "store/store.h"

enum { WARDS_MOST = 500, WARD_NAME = 64, WARD_STAY_DAYS = 180 };

struct ward_count {
  int64_t stays, proved, bound;
};

struct ward {
  char department[WARD_NAME], name[WARD_NAME];  // "" when it was not said
  struct ward_count in_bed, left;
};

struct wards {
  struct ward list[WARDS_MOST];
  int count;
};

// SQL over an encounter e and a contact c of its patient: a number of theirs is proved,
// an account bound.
#define WARDS_PROVED                                                           \
  "EXISTS (SELECT 1 FROM contact c JOIN identity i ON i.person=c.person WHERE" \
  " c.patient=e.patient AND i.kind='phone' AND i.proved_at IS NOT NULL AND"    \
  " coalesce(i.flag,'') NOT IN ('void','placeholder'))"

// Of a reader or the store itself; departments as access_departments gives them, NULL:
// all. Stays of WARD_STAY_DAYS and more are not in a bed: nobody said that they ended.
// left_since: ms, INT64_MAX: nobody who left.
void wards_count(struct store *store, const char *departments, int64_t now,
                 int64_t left_since, struct wards *out);
