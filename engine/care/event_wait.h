// Which event a run's wait gets: the first since the run began that no earlier wait for
// the same event got.
#pragma once

#include "care/care.h"

// event.id, or 0: none yet. Within the transaction that applies the wait.
int64_t event_wait_next(struct care *care, const struct run *run, const char *kind);
