// What a candidate would change, and runs that stayed behind moved on: asked for here,
// done beside the loop.
#pragma once

#include "api/call.h"

void compare_bundle(struct call *call);   // bundles/*/diff { files? }
void compare_upgrade(struct call *call);  // pathways/*/upgrade { department?, dry_run? }
