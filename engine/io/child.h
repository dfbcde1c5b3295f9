// A program run beside the loop, with a limit on its time and on what is kept of its
// words.
#pragma once

#include "base/buf.h"
#include "base/status.h"
#include "io/loop.h"

struct child;

struct child_config {  // all borrowed for the call
  const char *const
      *words;  // program, looked for in PATH, and its arguments; ends with NULL
  const char *const *env;  // "NAME=value" and no others; ends with NULL
  const char *folder;      // where it runs
  int64_t limit_ms;        // then it is killed, and whatever it has started
  size_t output;  // bytes kept of what it writes to stdout and stderr, the last ones
  void (*said)(void *ctx, const char *bytes,
               size_t len);  // as it writes; NULL: nobody listens
};

struct child_result {
  int code;           // exit code; -1 when a signal ended it
  bool late;          // the limit was passed
  struct buf output;  // borrowed
};

// done runs on the loop when the program and all that it wrote have come to an end, and
// frees the child. NULL with a status when it can't be started.
struct child *child_start(struct loop *loop, const struct child_config *config,
                          void (*done)(void *ctx, const struct child_result *result),
                          void *ctx, struct status *status);
void child_kill(struct child *child);  // done never runs
