// What part of a scripts folder a path on the command line means.
#pragma once

#include <stdbool.h>

#include "base/status.h"

// Where scripts lie, for the daemon and for every command: given (--scripts, or the
// configuration's key), else AFTERWARD_SCRIPTS, else ./scripts when it is there, else
// /usr/share/afterward/scripts. What is to be written goes to ./scripts, there or not.
// Borrowed.
const char *script_folder(const char *given, bool write);

struct script_path {
  char *folder;      // the scripts folder, real path; owned
  char *department;  // the one department, or NULL: every one; owned
  char *only;        // file or folder within the scripts folder, or NULL: all; owned
};

// The path of a scripts folder (departments and shared/ lie in it), of a department's
// folder, of shared/, or of one .lua file. Fails with what the path should have been; the
// caller gives it zeroed and always calls script_path_deinit.
int script_path_find(struct script_path *out, const char *path, struct status *status);
void script_path_deinit(struct script_path *path);
// Is a file (relative to the scripts folder) in what was meant?
bool script_path_takes(const struct script_path *path, const char *file);
