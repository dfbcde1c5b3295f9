#include "script_path.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"

const char *script_folder(const char *given, bool write) {
  static const char here[] = "scripts", installed[] = "/usr/share/afterward/scripts";
  const char *set = given ? given : getenv("AFTERWARD_SCRIPTS");
  struct stat info;
  if (set && *set) return set;
  bool there = stat(here, &info) == 0 && S_ISDIR(info.st_mode);
  return there || write ? here : installed;
}

static bool is_lua(const char *name) {
  size_t len = strlen(name);
  return len > 4 && name[0] != '.' && strcmp(name + len - 4, ".lua") == 0;
}

static int only_lua(const struct dirent *entry) { return is_lua(entry->d_name); }

// Does a Lua file lie in the folder itself?
static bool has_lua(const char *folder) {
  struct dirent **names = NULL;
  int count = scandir(folder, &names, only_lua, alphasort);
  for (int i = 0; i < count; i++) free(names[i]);
  free(names);
  return count > 0;
}

// Cuts the last name off; false at the root.
static bool go_up(char *path) {
  char *slash = strrchr(path, '/');
  if (!slash || slash == path) return false;
  *slash = '\0';
  return true;
}

// From a folder with Lua files in it up to the department's: the last one that has any.
static void climb(char *folder) {
  char *above = mem_copy_text(folder);
  while (go_up(above) && has_lua(above)) go_up(folder);
  mem_free(above);
}

static int take_department(struct script_path *out, char *department, const char *real,
                           struct status *status) {
  out->folder = mem_copy_text(department);
  if (!go_up(out->folder))
    return status_fail(status, ERR_INVALID, "%s lies in no scripts folder", real);
  const char *name = department + strlen(out->folder) + 1;
  bool shared = strcmp(name, "shared") == 0;
  if (!shared) out->department = mem_copy_text(name);
  if (shared || strcmp(real, department) != 0)
    out->only = mem_copy_text(real + strlen(out->folder) + 1);
  return OK;
}

static int find_in(struct script_path *out, const char *real, bool file,
                   struct status *status) {
  char *folder = mem_copy_text(real);
  int code = OK;
  if (file) go_up(folder);
  if (file || has_lua(folder)) {
    climb(folder);
    code = take_department(out, folder, real, status);
  } else {
    out->folder = mem_copy_text(real);
  }
  mem_free(folder);
  return code;
}

int script_path_find(struct script_path *out, const char *path, struct status *status) {
  struct stat info;
  char *real = realpath(path, NULL);
  if (!real || stat(real, &info) != 0) {
    free(real);
    return status_fail(status, ERR_NOT_FOUND, "%s can't be read: %s", path,
                       strerror(errno));
  }
  bool file = !S_ISDIR(info.st_mode);
  int code = file && !is_lua(real)
                 ? status_fail(status, ERR_INVALID,
                               "%s is no Lua file: name a script, a department's folder "
                               "or the scripts folder",
                               path)
                 : find_in(out, real, file, status);
  free(real);
  return code;
}

void script_path_deinit(struct script_path *path) {
  mem_free(path->folder);
  mem_free(path->department);
  mem_free(path->only);
  *path = (struct script_path){0};
}

bool script_path_takes(const struct script_path *path, const char *file) {
  if (!path->only) return true;
  size_t len = strlen(path->only);
  return strncmp(path->only, file, len) == 0 && (file[len] == '\0' || file[len] == '/');
}
