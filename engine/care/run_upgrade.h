// Runs that stayed behind on older versions of the scripts: moved, listed, or left there
// with a reason.
#pragma once

#include "care/care.h"

// Inbox "run.upgrade" { staff, department, version, moves = [run], stays = [{ run,
// position, cause }] }: what a replay of live runs against that version found. Those that
// have gone on meanwhile are left alone.
void run_upgrade_handlers(struct care *care);
// Somebody says that it may stay on its version; it must have been tried on the newest.
int run_waive(struct care *care, const struct run *run, const char *staff,
              const char *reason, struct status *status);
