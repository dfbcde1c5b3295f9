// What the dispatcher's own files share.
#pragma once

#include "link/dispatcher.h"

struct channel *dispatcher_find(const struct dispatcher *dispatcher, const char *name);
const struct dispatcher_sink *dispatcher_sink_of(const struct dispatcher *dispatcher);
