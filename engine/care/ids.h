// Ids that a query names, read before what they mean is changed.
#pragma once

#include "store/store.h"

struct ids {
  struct buf list;
  size_t at;
};

struct ids ids_read(struct stmt *rows);  // first column; ends the statement
void ids_add(struct ids *ids, int64_t id);
// The next one; false at the end, which frees the list.
bool ids_next(struct ids *ids, int64_t *id);
