#include "sim/coverage.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LINES = 65536 };  // of a file; those beyond are not counted

struct met_file {
  struct met_file *next;
  char *name;
  unsigned char lines[LINES / 8];
};

struct coverage {  // of one scripts folder
  struct line_watch watch;
  FILE *out;
  char folder[PATH_MAX];
  struct met_file *files;  // the one met last stands first
};

static const char *const KEPT = "afterward.coverage";  // registry: folder → coverage

static struct met_file *find(struct coverage *coverage, const char *name) {
  struct met_file **at = &coverage->files;
  while (*at && strcmp((*at)->name, name) != 0) at = &(*at)->next;
  struct met_file *file = *at;
  if (file) {
    *at = file->next;
  } else {
    file = mem_alloc(sizeof *file);
    file->name = mem_copy_text(name);
  }
  file->next = coverage->files;
  return coverage->files = file;
}

static void met(void *ctx, const char *name, int line) {
  struct coverage *coverage = ctx;
  if (line < 1 || line >= LINES || !strchr(name, '/'))
    return;  // the engine's own have none
  struct met_file *file = find(coverage, name);
  unsigned char bit = (unsigned char)(1u << (line % 8));
  if (file->lines[line / 8] & bit) return;
  file->lines[line / 8] |= bit;
  fprintf(coverage->out, "%s:%d %s\n", name, line, coverage->folder);
  fflush(coverage->out);
}

static int coverage_close(lua_State *L) {
  struct coverage *coverage = lua_touserdata(L, 1);
  while (coverage->files) {
    struct met_file *file = coverage->files;
    coverage->files = file->next;
    mem_free(file->name);
    mem_free(file);
  }
  if (coverage->out) fclose(coverage->out);
  coverage->out = NULL;
  return 0;
}

static struct coverage *new_coverage(lua_State *L, const char *folder, const char *out) {
  struct coverage *coverage = lua_newuserdatauv(L, sizeof *coverage, 0);
  *coverage = (struct coverage){.watch = {met, coverage}, .out = fopen(out, "ae")};
  if (!coverage->out) luaL_error(L, "coverage can't be written to %s", out);
  if (!realpath(folder, coverage->folder))
    luaL_error(L, "%s: there is no such folder", folder);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, coverage_close);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  return coverage;
}

const struct line_watch *sim_coverage_of(lua_State *L, const char *folder) {
  const char *out = getenv("AFTERWARD_COVERAGE");
  if (!out || !folder) return NULL;
  int top = lua_gettop(L);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, KEPT);
  lua_getfield(L, -1, folder);
  struct coverage *coverage = lua_touserdata(L, -1);
  if (!coverage) {
    coverage = new_coverage(L, folder, out);
    lua_setfield(L, top + 1, folder);
  }
  lua_settop(L, top);
  return &coverage->watch;
}
