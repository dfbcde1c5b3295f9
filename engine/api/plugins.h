// Plugins: which run, as channels and as connectors.
#pragma once

#include "api/call.h"

void desk_plugins(struct call *call);
void desk_ask(struct call *call);  // plugins/NAME/ask/WHAT; body: text
