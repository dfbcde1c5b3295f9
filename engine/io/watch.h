// A folder and all below it, looked after for changes: files saved, moved and removed,
// folders that come and go.
#pragma once

#include "io/loop.h"

struct watch;

// changed runs on the loop once nothing has happened for a moment (some 0.2 s; a second
// when it never rests), so that an editor's writing and renaming is one change. It says
// not what: read the folder again. A folder that is not there yet is waited for. Never
// NULL.
struct watch *watch_new(struct loop *loop, const char *folder, void (*changed)(void *ctx),
                        void *ctx);
// Folders that the machine refuses to look after (its limit of watches is used up), since
// the last look at the tree: changes there are not seen.
int watch_blind(const struct watch *watch);
void watch_free(struct watch *watch);  // changed never runs again
