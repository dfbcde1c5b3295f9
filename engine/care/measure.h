// Measurements whose unit and limits are known: one unit each, so that series can be
// compared. The table is data (measure.csv), which a site adds to and replaces by row.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct measure {
  char *code, *unit;        // of scripts, as "glucose"; UCUM
  char *zh, *en;            // what people call it
  double low, high;         // what a living person measures, in this unit
  struct measure_unit {     // other units and other ways to write one
    char *text;             //
    double factor, offset;  // value * factor + offset is in the measure's own unit
  } * units;
  size_t unit_count;
};

struct measures;  // never changed once read: any thread may look

// The engine's own table, and over it, row by row, the site's CSV (NULL: none).
int measures_read(struct measures **out, const char *path, struct status *status);
void measures_free(struct measures *measures);
// By its code, its LOINC code or a local name. unit (may be NULL) becomes what that name
// means when nothing else is said; NULL: the measure's own.
const struct measure *measures_find(const struct measures *measures, const char *code,
                                    const char **unit);
// Every one of them, in the order of their codes; NULL past the last.
const struct measure *measures_at(const struct measures *measures, size_t index);

struct measured {    // borrowed texts
  const char *code;  // the measure's; as given when it is not known
  const char *unit;  // likewise
  double value;      // in that unit
  double factor, offset;
  bool converted;  // it was given in another unit
};
// Brings a value to its measure's own unit. ERR_INVALID, with the remedy, when the unit
// is none of the measure's or when no living person measures so; the text names the
// field. unit may be NULL.
int measure_read(const struct measures *measures, const char *code, const char *unit,
                 double value, struct measured *out, struct status *status);
