// Calls for a task, as staff see them.
#pragma once

#include "api/call.h"

// "dials": who had whom rung, what came of it; "ringing": until when nobody else may ring
// that patient; "proposed": what the last one says of the open task's result.
void put_dials(struct call *call, struct json *json, int64_t task);
