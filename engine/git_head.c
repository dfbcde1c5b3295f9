#include "git_head.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

enum { LINE = 1024 };

static bool first_line(const char *path, char line[LINE]) {
  FILE *file = fopen(path, "re");
  bool read = file && fgets(line, LINE, file);
  if (file) fclose(file);
  if (read) line[strcspn(line, "\r\n")] = 0;
  return read;
}

static bool read_in(const char *folder, const char *name, char line[LINE]) {
  struct buf path = {0};
  buf_printf(&path, "%s/%s", folder, name);
  bool read = first_line(path.data, line);
  buf_deinit(&path);
  return read;
}

static bool take(const char *text, char out[65]) {
  size_t len = strspn(text, "0123456789abcdef");
  if ((len != 40 && len != 64) || (text[len] && text[len] != ' ')) return false;
  memcpy(out, text, len);
  out[len] = 0;
  return true;
}

// "commit ref" lines.
static bool find_packed(const char *git, const char *ref, char out[65]) {
  char line[LINE];
  struct buf path = {0};
  bool found = false;
  buf_printf(&path, "%s/packed-refs", git);
  FILE *file = fopen(path.data, "re");
  while (file && !found && fgets(line, LINE, file)) {
    line[strcspn(line, "\r\n")] = 0;
    const char *space = strchr(line, ' ');
    found = space && !strcmp(space + 1, ref) && take(line, out);
  }
  if (file) fclose(file);
  buf_deinit(&path);
  return found;
}

static bool find_ref(const char *git, const char *ref, char out[65]) {
  char line[LINE];
  return (read_in(git, ref, line) && take(line, out)) || find_packed(git, ref, out);
}

// A linked worktree has its HEAD apart and shares the rest.
static void find_common(const char *git, struct buf *out) {
  char line[LINE];
  if (!read_in(git, "commondir", line))
    buf_puts(out, git);
  else if (line[0] == '/')
    buf_puts(out, line);
  else
    buf_printf(out, "%s/%s", git, line);
}

static bool read_head(const char *git, char out[65]) {
  char line[LINE];
  struct buf common = {0};
  if (!read_in(git, "HEAD", line)) return false;
  if (strncmp(line, "ref: ", 5) != 0) return take(line, out);
  find_common(git, &common);
  bool found = find_ref(git, line + 5, out) || find_ref(common.data, line + 5, out);
  buf_deinit(&common);
  return found;
}

// .git is a folder, or a file "gitdir: <folder>".
static bool read_git(const char *git, char out[65]) {
  char line[LINE];
  struct stat info;
  if (stat(git, &info)) return false;
  if (S_ISDIR(info.st_mode)) return read_head(git, out);
  if (!first_line(git, line) || strncmp(line, "gitdir: ", 8) != 0) return false;
  return read_head(line + 8, out);
}

bool git_head(const char *folder, char out[65]) {
  char *real = realpath(folder, NULL);
  bool found = false, there = false;
  while (real && *real && !there) {
    struct buf git = {0};
    struct stat info;
    buf_printf(&git, "%s/.git", real);
    there = stat(git.data, &info) == 0;
    found = there && read_git(git.data, out);
    buf_deinit(&git);
    char *slash = strrchr(real, '/');
    if (slash) *slash = 0;
  }
  free(real);
  return found;
}
