// The nightly reconciliation: counts eligible, enrolled, due, attempted and reached since
// the last one, and looks for promises that nothing would keep any more.
#pragma once

#include "care/care.h"

// WORK_NIGHTLY: as many works, one after the other, as the rows need. Each looks at some
// of them and leaves the loop to what is more urgent.
void reconcile_handlers(struct care *care);
// At start: the first night, when none is planned. In a transaction of its own.
int reconcile_arm(struct care *care, struct status *status);
// The last one's encoded map: at, faults and what reconcile_count.h counts; false before
// the first.
bool reconcile_last(struct care *care, struct buf *out);
