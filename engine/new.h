// Writes a small working example with its spec into a scripts folder: the begin of a
// pathway, a form, an escalation or a department of one's own; or into the plugins folder
// that of a channel.
#pragma once

#include "base/buf.h"
#include "base/status.h"

enum { NEW_FILES = 4 };

struct new_request {
  const char *kind;        // "pathway", "form", "escalation", "department" or "channel"
  const char *name;        // its id, and the name of its file
  const char *scripts;     // the scripts folder; of a channel that of plugins
  const char *department;  // whose; for a department and a channel its own name
};

struct new_result {
  struct buf files[NEW_FILES];  // paths written, the script first
  int count;
};

// Writes all files or none; never over one that is there. The caller gives result zeroed
// and always calls new_deinit.
int new_write(const struct new_request *request, struct new_result *result,
              struct status *status);
void new_deinit(struct new_result *result);
