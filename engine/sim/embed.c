#include "sim/embed.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

extern const struct embedded sim_program[];

const struct embedded *sim_embed_find(const char *name) {
  for (const struct embedded *file = sim_program; file->name; file++)
    if (!strcmp(file->name, name)) return file;
  return NULL;
}

int sim_embed_read(const char *file, size_t most, struct buf *text,
                   struct status *status) {
  char piece[16384];
  size_t got;
  FILE *from = fopen(file, "rb");
  if (!from)
    return status_fail(status, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
                       "%s can't be read: %s", file, strerror(errno));
  while (text->len <= most && (got = fread(piece, 1, sizeof piece, from)) > 0)
    buf_put(text, piece, got);
  bool failed = ferror(from) != 0;
  fclose(from);
  if (failed) return status_fail(status, ERR_IO, "%s can't be read", file);
  if (text->len > most)
    return status_fail(status, ERR_LIMIT, "%s is longer than %zu bytes", file, most);
  return OK;
}
