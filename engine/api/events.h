// POST /api/v1/events: what hospital systems tell, answered after the commit.
#pragma once

#include "api/call.h"

void events_post(struct call *call);
