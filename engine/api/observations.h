// POST /api/v1/observations: readings in batches. Each becomes the event that POST
// /api/v1/events would take, so that nothing downstream knows the difference.
#pragma once

#include "api/call.h"

void observations_read(struct call *call);  // for events_post, as events_read
