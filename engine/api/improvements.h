// What departments mend because of what was said.
#pragma once

#include "api/call.h"

void improvements_list(struct call *call);  // department status
void improvements_new(struct call *call);   // department title owner due lead … cases
void improvements_link(struct call *call);  // cases
