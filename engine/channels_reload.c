// Plugins that are saved while the daemon runs: read and opened beside the loop, and put
// in the old one's place when they are good.
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "channels_parts.h"
#include "io/loop.h"
#include "io/watch.h"

struct fresh {  // what was found of one channel's plugin
  struct fresh *next;
  struct configured *configured;
  struct plugin *plugin;  // NULL: the same file as before, or status says why not
  char digest[33];
  struct status status;
};

struct look {
  struct channels *channels;
  struct fresh *found;
};

static void run(void *self) {
  struct look *look = self;
  for (struct fresh *fresh = look->found; fresh; fresh = fresh->next)
    channels_open_plugin(look->channels->plugins, fresh->configured, &fresh->plugin,
                         fresh->digest, &fresh->status);
}

static void take(struct channels *channels, struct fresh *fresh) {
  struct channel *channel =
      dispatcher_find(channels->dispatcher, fresh->configured->name);
  struct channel_abilities can;
  memcpy(fresh->configured->digest, fresh->digest, sizeof fresh->digest);
  if (fresh->status.code) {
    snprintf(channel->stale, sizeof channel->stale, "%.255s", fresh->status.text);
    log_line(LOG_LEVEL_ERROR, "plugin.refused", "channel=%s reason=\"%s\"", channel->name,
             fresh->status.text);
  } else if (fresh->plugin) {
    struct plugin_port port = channels_port_of(fresh->plugin);
    channels_abilities(fresh->plugin, &can);
    channel_http_replace(channel, &can, plugin_info(fresh->plugin)->merges, &port);
    channel->stale[0] = '\0';
    log_line(LOG_LEVEL_INFO, "plugin.loaded", "channel=%s plugin=%s", channel->name,
             can.plugin);
  }
}

static void look_free(struct look *look) {
  while (look->found) {
    struct fresh *fresh = look->found;
    look->found = fresh->next;
    mem_free(fresh);
  }
  mem_free(look);
}

static void looked(void *self) {
  struct look *look = self;
  struct channels *channels = look->channels;
  channels->looking = NULL;
  for (struct fresh *fresh = look->found; fresh; fresh = fresh->next)
    take(channels, fresh);
  look_free(look);
  if (channels->again) channels_reload(channels);
}

void channels_reload(struct channels *channels) {
  channels->again = channels->looking != NULL;
  if (channels->looking || !channels->configured) return;
  struct look *look = mem_alloc(sizeof *look);
  look->channels = channels;
  for (struct configured *at = channels->configured; at; at = at->next) {
    struct fresh *fresh = mem_alloc(sizeof *fresh);
    fresh->configured = at;
    fresh->next = look->found;
    look->found = fresh;
  }
  channels->look = look;
  channels->looking = loop_job_new(channels->loop, run, looked, look);
}

static void changed(void *self) { channels_reload(self); }

void channels_watch(struct channels *channels) {
  channels->watch = watch_new(channels->loop, channels->plugins, changed, channels);
}

void channels_stop(struct channels *channels) {
  if (channels->watch) watch_free(channels->watch);
  channels->watch = NULL;
  if (!channels->looking) return;
  loop_job_free(channels->looking);
  for (struct fresh *fresh = channels->look->found; fresh; fresh = fresh->next)
    plugin_close(fresh->plugin);
  look_free(channels->look);
  channels->looking = NULL;
}
