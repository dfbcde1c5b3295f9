// What the dispatcher's own files share.
#pragma once

#include "link/dispatcher.h"

const struct dispatcher_sink *dispatcher_sink_of(const struct dispatcher *dispatcher);
