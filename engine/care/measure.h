// Measurements whose unit and limits are known: one unit each, so that series can be
// compared.
#pragma once

#include "base/status.h"

// Brings a unit as people write it ("℃", "mmHg", none) to the code's own (UCUM); unit is
// kept as it is when the code is not known here. ERR_INVALID with the right unit, or when
// no living person measures so. The text names the field.
int measure_check(const char *code, const char *unit, double value, const char **out,
                  struct status *status);
