// What the files of the configured channels share.
#pragma once

#include "channels.h"
#include "link/channel_http.h"
#include "script/plugin.h"

struct channel_own {  // what the engine itself wants of a channel; 0: the usual
  unsigned parallel;
  int64_t timeout_ms;
  int64_t unknown_ms;  // of one that rings
  struct http_nets callers;
  struct channel_pace pace;
  bool show_text;  // of the log
};

struct configured {  // one channel
  struct configured *next;
  char *name, *plugin;  // plugin: "log" prints
  struct channel_own own;
  struct buf settings;  // encoded: the plugin's own; immutable
  char digest[33];      // of the plugin's file as it was looked at last
};

// channels_config.c. NULL with the reason when the settings can't be read; secrets are
// read with them.
struct configured *configured_new(const char *name, const struct value *settings,
                                  struct status *status);
void configured_free(struct configured *configured);
bool configured_prints(const struct configured *configured);
// For the plugin: it need not be opened again.
bool configured_same(const struct configured *a, const struct configured *b);

// channels.c: takes configured, and the plugin, NULL of the log; a failure frees both.
int channels_put(struct channels *channels, struct configured *configured,
                 struct plugin *plugin, struct status *status);
void channels_set_own(struct channels *channels, const struct configured *configured);

// Reads the plugin's file and opens it with these settings; digest is the file's. *out
// stays NULL when it is the same file as digest says already. On any thread.
int channels_open_plugin(const char *folder, const struct configured *configured,
                         struct plugin **out, char digest[33], struct status *status);
struct plugin_port channels_port_of(struct plugin *plugin);  // takes it
void channels_abilities(const struct plugin *plugin, struct channel_abilities *can);
// per_second, burst, per_day. The text of a failure names the key.
int channels_read_pace(const struct value *settings, struct channel_pace *pace,
                       struct status *status);
