// The rungs that an ask or a send goes by: where it is, and why each one was left.
#pragma once

#include "api/call.h"

// Of a message, "2/3", and why it was left: "2/3 unread"; null where it goes by one road.
#define READ_RUNG                                                                       \
  "CASE WHEN first IS NOT NULL THEN (SELECT r.position || '/' || (SELECT count(*) FROM" \
  " rung o WHERE o.ladder=r.ladder) || coalesce(' ' || r.why, '') FROM rung r WHERE"    \
  " r.message=message.id) END"

// Into an object that is open: "rungs", of the ladder of this message, or of all of this
// run's (0: not asked).
void read_rungs(struct call *call, struct json *json, int64_t message, int64_t run);
