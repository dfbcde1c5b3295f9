// Loaded bundles: departments' scripts in Lua, each version once.
#pragma once

#include "script/bundle.h"
#include "store/store.h"

// In all, and of one department: a run stays on an old version only when the newest plays
// its journal otherwise, and each takes a megabyte or more.
enum { BUNDLES = 256, BUNDLES_OF_ONE = 8 };

struct loaded_bundle {
  int64_t row;    // bundle.id
  uint64_t used;  // when last, by bundles.uses
  char *department;
  struct bundle *bundle;
};

struct bundles {
  const struct line_watch *lines;  // of those loaded from now on; NULL but in specs
  struct loaded_bundle list[BUNDLES];
  int count;
  uint64_t uses;
};

// The version of that row, loaded from the database when it is not there yet. NULL when
// it can't be loaded any more; the log says why. Borrowed until the next call: the one
// used longest ago makes room, but no department's newest does.
struct bundle *bundles_get(struct bundles *bundles, struct store *store,
                           const char *department, int64_t row);
// Takes the bundle; when that version is there already, it is freed.
void bundles_add(struct bundles *bundles, const char *department, int64_t row,
                 struct bundle *bundle);
void bundles_deinit(struct bundles *bundles);

void bundles_log(const char *department, const struct bundle_report *report);
