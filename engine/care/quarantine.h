// Scripts that passed their limits: the third breach of a pathway (or of a watch in a
// file of its own) stops its scripts until the department activates other ones.
#pragma once

#include "care/care.h"

#define QUARANTINE_CAUSE \
  "the pathway is quarantined: its scripts passed their limits three times"

bool quarantine_holds(struct care *care, const char *department, const char *name);
// Within a transaction.
void quarantine_count(struct care *care, const char *department, const char *name);
// A callback failed: the department is told, and a breach is counted.
void quarantine_failed(struct care *care, const char *department, const char *name,
                       const struct status *why);
void quarantine_lift(struct store *store, const char *department);
