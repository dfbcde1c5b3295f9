// Connectors written in Lua: their settings, and their plugin in its sandbox.
#pragma once

#include "link/pull.h"

// file: the plugin's, NAME/plugin.lua. settings: as configured, with the key plugin. The
// text of a failure names the connector, the key and the remedy.
int pulls_open(struct pull **out, const struct pull_parts *parts, const char *file,
               const char *name, const char *plugin, const struct value *settings,
               struct status *status);
