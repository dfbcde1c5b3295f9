// The files a bundle is made of: a department's folder and shared/, read into memory.
#pragma once

#include <stddef.h>

#include "base/status.h"

struct source {
  char *path;  // relative to the scripts folder: "ortho/hip.lua"; ends in .lua or .csv
  char *text;  // followed by a NUL
  size_t len;
};

struct sources {
  struct source *items;  // sorted by path
  int count;
  int cap;
};

enum { SOURCE_LIMIT = 1 << 20, SOURCES_LIMIT = 2000, SOURCES_BYTES = 16 << 20 };

// Reads folder/<department>/**.lua, .csv and folder/shared/**; hidden files are passed
// over, links that lead out of folder are refused. The caller gives sources zeroed and
// always calls sources_deinit.
int sources_read(struct sources *sources, const char *folder, const char *department,
                 struct status *status);
struct departments {
  char **names;  // sorted; owned
  int count;
};
// The folders under a scripts folder that are departments': all but shared, demo and
// hidden ones.
int sources_departments(const char *folder, struct departments *out,
                        struct status *status);
void departments_deinit(struct departments *departments);

// Adds one file from memory; takes copies.
void sources_add(struct sources *sources, const char *path, const char *text, size_t len);
void sources_deinit(struct sources *sources);
// Hash of them all as they are, whether a bundle would use them or not, and of the ABI
// number.
void sources_hash(const struct sources *sources, char out[33]);
