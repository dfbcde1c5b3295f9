// Whether an event from outside can be taken: every field, with a sentence for what is
// wrong.
#pragma once

#include "base/value.h"

// Checks a JSON event as posted; on success clean gets the canonical body that goes to
// the inbox. Errors name the field and the remedy, never a name or a number. Times with
// an offset become ms; others stay texts, read in the site's zone when applied.
// measures: what their units are judged by; NULL: that is left to who takes it in.
struct measures;
int event_check(const struct value *posted, const struct measures *measures,
                struct buf *clean, struct status *status);
