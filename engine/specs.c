#include "specs.h"

#include <unistd.h>

// busted's own first line picks the machine's default Lua, which is 5.1.
static const char busted[] = "/usr/bin/busted";

struct child *specs_child(struct loop *loop, const struct specs_config *config,
                          void (*done)(void *ctx, const struct child_result *result),
                          void *ctx, struct status *status) {
  struct buf path = {0};
  buf_printf(&path, "%s/%s/spec", config->scripts, config->department);
  const char *words[] = {"lua5.4", busted, "--pattern=_spec", path.data, NULL, NULL};
  if (config->first_only) words[4] = "--no-keep-going";
  struct child *child = NULL;
  if (access(busted, R_OK))
    status_fail(status, ERR_NOT_FOUND,
                "specs need busted, and there is no %s: apt-get install lua-busted",
                busted);
  else
    child = child_start(loop,
                        &(struct child_config){.words = words,
                                               .env = config->env,
                                               .folder = config->folder,
                                               .limit_ms = config->limit_ms,
                                               .output = config->output,
                                               .said = config->said},
                        done, ctx, status);
  buf_deinit(&path);
  return child;
}
