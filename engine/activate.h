// How a department's scripts become the active ones: loaded, checked, kept in the
// database whole, and then made active by flipping one row.
#pragma once

#include "care/version.h"
#include "engine.h"

// Keeps a loaded bundle and its sources as a version; its row is in *version. Takes the
// bundle when it succeeds. Nothing becomes active.
int activate_keep(struct engine *engine, const char *department,
                  const struct sources *sources, struct bundle *bundle, int64_t *version,
                  struct status *status);
// Makes a kept version the active one, or says why not; then nothing has changed.
int activate_version(struct engine *engine, int64_t version, const struct activation *how,
                     struct status *status);
// Whether a version asks to be followed by some enrollments only, and there is an active
// one that the others can follow.
bool activate_wants_canary(struct engine *engine, const char *department,
                           int64_t version);
// Makes a kept version the department's canary (care/canary.h). In a transaction of its
// own.
int activate_canary(struct engine *engine, int64_t version, const struct activation *how,
                    struct status *status);
// The canary is followed by nobody any more; its candidate is withdrawn.
int activate_withdraw(struct engine *engine, const char *department, const char *who,
                      struct status *status);
// The holidays of the versions taken last, when the engine starts.
int activate_load_holidays(struct engine *engine, struct status *status);
// What activate_version would say of it; nothing changes.
int activate_check(struct engine *engine, const char *department, struct bundle *bundle,
                   struct status *status);
