// What a crash left of the write-ahead log, looked at before SQLite does: SQLite takes a
// damaged frame for the log's end and would silently forget the commits after it.
#pragma once

#include "base/status.h"

// path: the database's. ERR_IO with the place and the remedy when synced frames are
// damaged. A torn last transaction is nobody's loss: it was never acknowledged.
int guard_check_log(const char *path, struct status *status);
