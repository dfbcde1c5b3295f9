// Which versions of the scripts a run was tried on: whether it moved to a newer one or
// stayed behind, and why. A row for each newer version that was tried.
#pragma once

#include "care/care.h"

// In a transaction: what became of a turn for which a newer version was tried.
void run_version_note(struct care *care, int64_t run, const struct turned *turned);
// The version (bundle.id) that the run began with; run as loaded, before its turn.
int64_t run_version_first(struct store *store, const struct run *run);
// Those of runs among these ids that ended RUN_VERSION_KEPT_MS ago are no longer kept,
// unless the run is stuck and may go on, or the last trial is compared by them. In a
// transaction.
#define RUN_VERSION_KEPT_MS ((int64_t)90 * CIVIL_DAY_MS)
void run_version_prune(struct care *care, int64_t after, int64_t upto);
// Whether the sources of a version ask p:changed for this edit.
bool run_version_has_edit(struct store *store, int64_t version, const char *edit);
