// Whether the fields of a checked event agree with each other: a value with its unit, who
// is merged into whom, how late what is late is.
#pragma once

#include "base/status.h"
#include "base/value.h"
#include "care/measure.h"

// measures NULL: units are judged elsewhere. The status says which field is wrong.
int event_agrees(const struct value *clean, const struct measures *measures,
                 struct status *status);
