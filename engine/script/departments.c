#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "script/sources.h"

static int is_shown(const struct dirent *entry) {
  return entry->d_name[0] != '.' && strcmp(entry->d_name, "shared") != 0 &&
         strcmp(entry->d_name, "demo") != 0;
}

static bool is_folder(const char *folder, const char *name) {
  struct buf path = {0};
  buf_printf(&path, "%s/%s", folder, name);
  DIR *inside = opendir(path.data);
  buf_deinit(&path);
  if (inside) closedir(inside);
  return inside != NULL;
}

int sources_departments(const char *folder, struct departments *out,
                        struct status *status) {
  struct dirent **names = NULL;
  int count = scandir(folder, &names, is_shown, alphasort);
  if (count < 0)
    return status_fail(status, ERR_NOT_FOUND, "scripts folder %s can't be read", folder);
  out->names = mem_alloc((size_t)(count + 1) * sizeof *out->names);
  for (int i = 0; i < count; i++) {
    if (is_folder(folder, names[i]->d_name))
      out->names[out->count++] = mem_copy_text(names[i]->d_name);
    free(names[i]);
  }
  free(names);
  return OK;
}

void departments_deinit(struct departments *departments) {
  for (int i = 0; i < departments->count; i++) mem_free(departments->names[i]);
  mem_free(departments->names);
  *departments = (struct departments){0};
}
