// Checks scripts as they lie in a folder, without a daemon: what is wrong in all
// departments, each finding once.
#pragma once

#include "script/bundle.h"
#include "script_path.h"

struct check {
  struct bundle_problem *problems;  // by file, line, column; owned
  int count;
  int errors, warnings, accepted;
  int files, departments;
};

// Loads and looks through every department that the path takes. Returns 0 also with
// findings; negative when the folder can't be read. The caller gives it zeroed and always
// calls check_deinit.
int check_run(struct check *check, const struct script_path *path, struct status *status);
void check_deinit(struct check *check);
