// Hot reload (DESIGN.md §6): files that changed are read and loaded beside the loop,
// checked, tried on their specs when the department asks for it, and made active, or held
// until somebody says so. Whatever is wrong with them: the active version goes on, and
// the reason is kept with the candidate.
#pragma once

#include "engine.h"
#include "io/loop.h"

struct reload;

struct reload_counters {  // since the start
  uint64_t looks, loaded, replayed, activated, held, refused;
};

// folder: the scripts folder; copied.
struct reload *reload_new(struct engine *engine, struct loop *loop, const char *folder);
void reload_free(struct reload *reload);
// From now on saved files are seen by themselves.
void reload_watch(struct reload *reload);
// Looks at a department's files (NULL: everybody's) and takes what has changed. who: a
// login, or start, files, signal. again: also files that were refused before.
void reload_ask(struct reload *reload, const char *department, const char *who,
                bool again);
// What is being done with a department's files (NULL: anybody's): reading loading specs
// replay activating; NULL when nothing is.
const char *reload_doing(const struct reload *reload, const char *department);
// Until files have been read once, and departments that have no active version yet have
// one or are refused; apart from specs, which may take long.
bool reload_starting(const struct reload *reload);
const struct reload_counters *reload_counters(const struct reload *reload);
void reload_metrics(struct reload *reload, struct buf *out);  // afterward_bundle_…

// Makes a version active that waits or was active before, now. back: the one before the
// active one, or the one whose hash begins so; else the candidate, whose hash must begin
// so when one is given. *version is its row.
int reload_activate(struct reload *reload, const char *department, const char *hash,
                    bool back, const char *who, int64_t *version, struct status *status);
// The version that some follow becomes the active one, or is followed by nobody.
int reload_promote(struct reload *reload, const char *department, bool withdraw,
                   const char *who, int64_t *version, struct status *status);
