// What the files of the configured channels share.
#pragma once

#include "channels.h"
#include "link/channel_http.h"
#include "script/plugin.h"

struct configured {  // one channel that a plugin sends
  struct configured *next;
  char *name, *plugin;
  struct buf settings;  // encoded: the plugin's own; immutable
  char digest[33];      // of the plugin's file as it was looked at last
};

// Reads the plugin's file and opens it with these settings; digest is the file's. *out
// stays NULL when it is the same file as digest says already. On any thread.
int channels_open_plugin(const char *folder, const struct configured *configured,
                         struct plugin **out, char digest[33], struct status *status);
struct plugin_port channels_port_of(struct plugin *plugin);  // takes it
void channels_abilities(const struct plugin *plugin, struct channel_abilities *can);
// per_second, burst, per_day. The text of a failure names the key.
int channels_read_pace(const struct value *settings, struct channel_pace *pace,
                       struct status *status);
