// The specs of a department, by busted in a child process: the reload's gate and
// afterward test run them by this alone.
#pragma once

#include "io/child.h"

struct specs_config {   // all borrowed for the call
  const char *folder;   // where busted runs: specs name scripts from here
  const char *scripts;  // "scripts": the scripts folder below it
  const char *department;
  const char *const *env;  // as child_config has it
  bool first_only;         // stops at the first spec that fails
  int64_t limit_ms;
  size_t output;
  void (*said)(void *ctx, const char *bytes, size_t len);  // or NULL
};

// As child_start. ERR_NOT_FOUND when lua5.4 or busted is not installed.
struct child *specs_child(struct loop *loop, const struct specs_config *config,
                          void (*done)(void *ctx, const struct child_result *result),
                          void *ctx, struct status *status);
