// What the dispatcher's own files share.
#pragma once

#include "link/dispatcher.h"

// What the settings say, else the plugin.
struct channel_pace dispatcher_pace(const struct channel *channel);
const struct dispatcher_sink *dispatcher_sink_of(const struct dispatcher *dispatcher);
