// Which commit a folder's git checkout is at, read from its files alone.
#pragma once

#include <stdbool.h>

// True with 40 (or 64) hex digits when the folder lies in a checkout. A linked worktree
// counts, too.
bool git_head(const char *folder, char out[65]);
