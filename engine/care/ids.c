#include "care/ids.h"

#include <string.h>

void ids_add(struct ids *ids, int64_t id) { buf_put(&ids->list, &id, sizeof id); }

struct ids ids_read(struct stmt *rows) {
  struct ids ids = {0};
  while (stmt_row(rows)) ids_add(&ids, stmt_int(rows, 0));
  stmt_done(rows);
  return ids;
}

bool ids_next(struct ids *ids, int64_t *id) {
  if (ids->at == ids->list.len) {
    buf_deinit(&ids->list);
    return false;
  }
  memcpy(id, ids->list.data + ids->at, sizeof *id);
  ids->at += sizeof *id;
  return true;
}
