#include "plugin_file.h"

#include <stdio.h>

int plugin_file_read(const char *path, struct buf *out, struct status *status) {
  char block[4096];
  size_t count;
  FILE *file = fopen(path, "rb");
  if (!file)
    return status_fail(status, ERR_NOT_FOUND,
                       "%s can't be read: is the plugin installed?", path);
  while ((count = fread(block, 1, sizeof block, file)) > 0) buf_put(out, block, count);
  fclose(file);
  return OK;
}
