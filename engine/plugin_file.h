// The text of a plugin written in Lua.
#pragma once

#include "base/buf.h"
#include "base/status.h"

int plugin_file_read(const char *path, struct buf *out, struct status *status);
