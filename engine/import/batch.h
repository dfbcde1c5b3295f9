// Some rows of a list on their way to the daemon.
#pragma once

#include "base/buf.h"
#include "io/http_client.h"

enum { BATCH_ROWS = 500, BATCH_BYTES = 512 * 1024 };

struct import_batch {
  struct buf json;  // {"events":[…
  struct {
    long line;
    char *record;  // as it stands in the list; owned
  } rows[BATCH_ROWS];
  int count;
  int tries;
  int64_t retry_at;  // loop time; 0: not waiting
  bool busy;         // being sent, or waiting to be sent again
  struct import *owner;
};

void batch_add(struct import_batch *batch, long line, char *record,
               const struct buf *event);
bool batch_full(const struct import_batch *batch);
void batch_clear(struct import_batch *batch);  // frees what it holds; ready again
