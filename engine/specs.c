#include "specs.h"

#include <string.h>
#include <unistd.h>

// Beside a program that was built and not installed lie the Lua modules of its build.
static void put_modules(struct buf *out) {
  char program[4096];
  ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
  buf_puts(out, "--cpath=");
  if (len <= 0) return;
  program[len] = '\0';
  *strrchr(program, '/') = '\0';
  buf_printf(out, "%s/lua/?.so", program);
}

// busted's own first line picks the machine's default Lua, which is 5.1.
static const char busted[] = "/usr/bin/busted";

struct child *specs_child(struct loop *loop, const struct specs_config *config,
                          void (*done)(void *ctx, const struct child_result *result),
                          void *ctx, struct status *status) {
  struct buf path = {0}, modules = {0};
  buf_printf(&path, "%s/%s/spec", config->scripts, config->department);
  put_modules(&modules);
  const char *words[] = {
      "lua5.4", busted, "--pattern=_spec", buf_text(&modules), path.data, NULL, NULL};
  if (config->first_only) words[5] = "--no-keep-going";
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
  buf_deinit(&modules);
  return child;
}
