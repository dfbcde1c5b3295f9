// Channels: what there is, and a message sent by hand to see that it works.
#pragma once

#include "api/call.h"

void desk_channels(struct call *call);
void desk_channel_test(struct call *call);  // body: to, text
