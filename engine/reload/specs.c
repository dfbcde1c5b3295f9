// A candidate's own specs: busted in a child process, on the candidate's files in a
// folder of their own, without the daemon's secrets.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "reload/parts.h"
#include "specs.h"

enum { LIMIT_MS = 60000, OUTPUT = 32 * 1024, VARIABLES = 16 };

struct specs {
  struct taking *taking;
  struct child *child;
  char *folder;  // removed at the end
  void (*done)(struct taking *taking, struct status *status);
};

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *where) {
  (void)info, (void)kind, (void)where;
  return remove(path);
}

static void specs_free(struct specs *specs) {
  if (specs->folder) nftw(specs->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  mem_free(specs->folder);
  mem_free(specs);
}

static bool make_folders(char *path, size_t from) {
  for (char *at = path + from; (at = strchr(at, '/')); at++) {
    *at = 0;
    bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
    *at = '/';
    if (!made) return false;
  }
  return true;
}

static bool write_source(const char *folder, const struct source *source) {
  struct buf path = {0};
  buf_printf(&path, "%s/scripts/%s", folder, source->path);
  FILE *file =
      make_folders(path.data, strlen(folder) + 1) ? fopen(path.data, "we") : NULL;
  bool written = file && fwrite(source->text, 1, source->len, file) == source->len;
  if (file && fclose(file)) written = false;
  buf_deinit(&path);
  return written;
}

static int write_sources(struct specs *specs, struct status *status) {
  const char *temporary = getenv("TMPDIR");
  struct buf name = {0};
  buf_printf(&name, "%s/afterward-specs-XXXXXX", temporary ? temporary : "/tmp");
  char *folder = mkdtemp(name.data);
  specs->folder = mem_copy_text(folder);
  buf_deinit(&name);
  const struct sources *sources = &specs->taking->sources;
  bool written = folder != NULL;
  for (int i = 0; i < sources->count && written; i++)
    written = write_source(specs->folder, &sources->items[i]);
  return written ? OK
                 : status_fail(status, ERR_IO, "its specs can't be laid out: %s",
                               strerror(errno));
}

// What the child is told of the world; tokens and passwords are not among it.
static int put_environment(const char *const *names, char **out) {
  int count = 0;
  for (; *names && count < VARIABLES; names++) {
    const char *value = getenv(*names);
    struct buf entry = {0};
    if (!value) continue;
    buf_printf(&entry, "%s=%s", *names, value);
    out[count++] = buf_take(&entry);
  }
  out[count] = NULL;
  return count;
}

static void ended(void *self, const struct child_result *result) {
  struct specs *specs = self;
  struct taking *taking = specs->taking;
  struct status status = {0};
  buf_put(&taking->output, result->output.data, result->output.len);
  if (result->late)
    status_fail(&status, ERR_LIMIT, "its specs took longer than %d s and were stopped",
                LIMIT_MS / 1000);
  else if (result->code)
    status_fail(&status, ERR_INVALID,
                "its specs do not pass (exit %d): afterward bundles %s shows what they "
                "said",
                result->code, taking->department);
  specs->child = NULL;
  void (*done)(struct taking * taking, struct status * status) = specs->done;
  specs_free(specs);
  done(taking, &status);
}

static bool start(struct specs *specs, struct loop *loop, struct status *status) {
  static const char *const names[] = {"PATH",   "HOME",     "LANG",      "LC_ALL", "TZ",
                                      "TMPDIR", "LUA_PATH", "LUA_CPATH", NULL};
  char *env[VARIABLES + 1];
  int count = put_environment(names, env);
  specs->child =
      specs_child(loop,
                  &(struct specs_config){.folder = specs->folder,
                                         .scripts = "scripts",
                                         .department = specs->taking->department,
                                         .env = (const char *const *)env,
                                         .limit_ms = LIMIT_MS,
                                         .output = OUTPUT},
                  ended, specs, status);
  while (count) free(env[--count]);
  return specs->child != NULL;
}

static bool has_specs(const struct taking *taking) {
  struct buf folder = {0};
  bool found = false;
  buf_printf(&folder, "%s/spec/", taking->department);
  for (int i = 0; i < taking->sources.count; i++)
    found |= !strncmp(taking->sources.items[i].path, folder.data, folder.len) &&
             strstr(taking->sources.items[i].path, "_spec.lua");
  buf_deinit(&folder);
  return found;
}

struct specs *specs_start(struct taking *taking, struct loop *loop,
                          void (*done)(struct taking *taking, struct status *status),
                          struct status *status) {
  if (!has_specs(taking)) {
    status_fail(status, ERR_INVALID,
                "gate = \"specs\", but there is no spec: write %s/spec/…_spec.lua",
                taking->department);
    return NULL;
  }
  struct specs *specs = mem_alloc(sizeof *specs);
  specs->taking = taking;
  specs->done = done;
  if (write_sources(specs, status) == OK && start(specs, loop, status)) return specs;
  specs_free(specs);
  return NULL;
}

void specs_kill(struct specs *specs) {
  if (!specs) return;
  child_kill(specs->child);
  specs_free(specs);
}

static bool is_gated(const struct value *definitions, const char *department) {
  struct value all = value_field(definitions, "department"),
               own = value_field(&all, department), gate = value_field(&own, "gate");
  return value_is(&gate, "specs");
}

bool specs_asked(struct taking *taking) {
  struct value new = bundle_definitions(taking->bundle),
               old = catalog_definitions(taking->reload->engine->catalog,
                                         taking->department);
  return is_gated(&new, taking->department) || is_gated(&old, taking->department);
}
