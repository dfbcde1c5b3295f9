// A search parameter of type date: what it lets through, as moments.
#pragma once

#include <stdbool.h>

#include "base/zone.h"

struct fhir_period {
  int64_t from, before;  // ms; 0: open
};

// Narrows it by "ge2026-03-02", "2026-03", "lt2026-03-02T15:00:00+08:00" …; false when it
// is no such text.
bool fhir_period_read(struct fhir_period *period, const char *text,
                      const struct zone *zone);
