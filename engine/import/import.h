// afterward import: reads a discharge list, posts its rows as events to the daemon in
// batches, and writes what can't go in to a file that can be mended and imported again.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/status.h"
#include "base/value.h"

struct import_options {  // all borrowed
  const char *file;
  const char *rejects;  // NULL: FILE.rejects.csv beside it
  struct value map;     // what the map's file returns; see import/map.h
  const char *server;   // "http://127.0.0.1:8080", no slash at its end
  const char *token;
  FILE *progress;           // a line each half second, and the bad rows; NULL: none
  bool tail;                // progress is a terminal: the line is written over
  const atomic_bool *stop;  // NULL: never; another thread sets it, and the import ends
};

struct import_result {
  long rows, taken, bad;               // bad ones are in rejects
  long shared, placeholder, unusable;  // rows with such a number, which went in
  struct buf flagged;  // those, encoded maps one after another: {flag, line, remedy}; the
  uint32_t told;       // first thousand of them; the caller frees
  double seconds;
  char rejects[512];  // "" when none was written
};

// Returns when every row is answered. ERR_IO: the server, or the machine; ERR_CONFLICT:
// stopped; else the list or its map is wrong. 0 also when rows were bad: see the result.
// Else what stopped it; rows before that are in, and the same import may be run again:
// rows already taken do nothing.
int import_run(const struct import_options *options, struct import_result *result,
               struct status *status);
