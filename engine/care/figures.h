// A department's figures, as its jobs read them.
#pragma once

#include "care/care.h"

// An encoded map: open_tasks, overdue_tasks and open_alerts now; of the forms put to
// patients in the last seven days how many there were (asked), were answered, and lapsed
// (silent).
void figures_put(struct care *care, const char *department, struct buf *out);
