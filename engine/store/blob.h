// Bytes too large for rows: files in the folder "attachments" beside the database, each
// under a random name, written and synced before the commit that names them. A store in
// memory keeps them in memory.
#pragma once

#include "store/store.h"

enum { BLOB_NAME_SIZE = 17 };  // 16 characters of 0-9 and a-z, and a NUL

bool blob_is_name(const char *text);
// ERR_FULL when there is no room, ERR_IO for the rest; what is left of it then nobody
// names, and blob_each_old finds it. A name that is there already is refused.
int blob_write(struct store *store, const char *name, const void *bytes, size_t len,
               struct status *status);
// Appends the bytes. ERR_NOT_FOUND, ERR_IO.
int blob_read(struct store *store, const char *name, struct buf *out,
              struct status *status);
void blob_remove(struct store *store, const char *name);  // harmless when it is gone
// Calls fn with each name that was written over so many seconds ago by the system's clock
// (in memory: with each). fn may remove it.
void blob_each_old(struct store *store, int64_t seconds,
                   void (*fn)(void *self, const char *name), void *self);
