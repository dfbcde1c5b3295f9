// Plugins that are saved, and settings that are changed, while the daemon runs: read and
// opened beside the loop, and put in the old one's place when they are good.
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/line.h"
#include "care/mapping.h"
#include "channels_parts.h"
#include "io/loop.h"
#include "io/watch.h"
#include "link/channel_log.h"

struct fresh {  // what was found of one channel
  struct fresh *next;
  struct configured *configured;  // as it is; NULL of a new one
  struct configured
      *candidate;         // with other settings; NULL: only its plugin is looked at
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
  for (struct fresh *fresh = look->found; fresh; fresh = fresh->next) {
    struct configured *configured =
        fresh->candidate ? fresh->candidate : fresh->configured;
    channels_open_plugin(look->channels->plugins, configured, &fresh->plugin,
                         fresh->digest, &fresh->status);
  }
}

// One that is not there yet is listed beside the others until a plugin is saved or
// settings are read again.
static void list_refused(struct channels *channels, const char *name, const char *plugin,
                         const struct status *why) {
  struct mapping map = mapping_begin(&channels->refused);
  mapping_text(&map, "name", name);
  mapping_text(&map, "plugin", plugin);
  mapping_text(&map, "stale", why->text);
  mapping_text(&map, "state", "refused");
  mapping_end(&map);
  channels->refused_count++;
}

static void refuse(struct channels *channels, const char *name, const char *plugin,
                   const struct status *why) {
  struct channel *channel = dispatcher_find(channels->dispatcher, name);
  if (channel)
    snprintf(channel->stale, sizeof channel->stale, "%.255s", why->text);
  else
    list_refused(channels, name, plugin, why);
  log_line(LOG_LEVEL_ERROR, "channel.refused", "channel=%s reason=\"%s\"", name,
           why->text);
}

static void replace_plugin(const struct channels *channels, const char *name,
                           struct plugin *plugin) {
  struct channel *channel = dispatcher_find(channels->dispatcher, name);
  struct channel_abilities can;
  struct plugin_port port = channels_port_of(plugin);
  bool merges = plugin_info(plugin)->merges;
  channels_abilities(plugin, &can);
  channel_http_replace(channel, &can, merges, &port);
  channel->stale[0] = '\0';
  line_mended(channels->care, name);
  log_line(LOG_LEVEL_INFO, "plugin.loaded", "channel=%s plugin=%s", name, can.plugin);
}

static void unlink_configured(struct channels *channels, struct configured *configured) {
  struct configured **at = &channels->configured;
  while (*at != configured) at = &(*at)->next;
  *at = configured->next;
}

static struct configured **find_in(struct configured **list, const char *name) {
  while (*list && strcmp((*list)->name, name) != 0) list = &(*list)->next;
  return list;
}

static void replace_configured(struct channels *channels, struct configured *old,
                               struct configured *candidate) {
  unlink_configured(channels, old);
  configured_free(old);
  candidate->next = channels->configured;
  channels->configured = candidate;
  channels_set_own(channels, candidate);
}

static void take_candidate(struct channels *channels, struct fresh *fresh) {
  struct configured *candidate = fresh->candidate;
  struct status status = {0};
  fresh->candidate = NULL;
  memcpy(candidate->digest, fresh->digest, sizeof fresh->digest);
  if (fresh->status.code) {
    refuse(channels, candidate->name, candidate->plugin, &fresh->status);
    configured_free(candidate);
  } else if (fresh->configured) {
    replace_plugin(channels, candidate->name, fresh->plugin);
    replace_configured(channels, fresh->configured, candidate);
  } else if (!channels_put(channels, candidate, fresh->plugin, &status)) {
    log_line(LOG_LEVEL_INFO, "channel.added", "channel=%s", candidate->name);
  }
}

static void take(struct channels *channels, struct fresh *fresh) {
  if (fresh->candidate) {
    take_candidate(channels, fresh);
    return;
  }
  memcpy(fresh->configured->digest, fresh->digest, sizeof fresh->digest);
  if (fresh->status.code)
    refuse(channels, fresh->configured->name, NULL, &fresh->status);
  else if (fresh->plugin)
    replace_plugin(channels, fresh->configured->name, fresh->plugin);
}

static void look_free(struct look *look) {
  while (look->found) {
    struct fresh *fresh = look->found;
    look->found = fresh->next;
    if (fresh->candidate) configured_free(fresh->candidate);
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

static void add_fresh(struct look *look, struct configured *configured,
                      struct configured *candidate) {
  struct fresh *fresh = mem_alloc(sizeof *fresh);
  fresh->configured = configured;
  fresh->candidate = candidate;
  fresh->next = look->found;
  look->found = fresh;
}

// Only what the engine itself wants of it is other than before, or nothing.
static void keep(struct channels *channels, struct configured *old,
                 struct configured *candidate) {
  struct channel *channel = dispatcher_find(channels->dispatcher, old->name);
  old->own = candidate->own;
  channels_set_own(channels, old);
  channel->stale[0] = '\0';
  configured_free(candidate);
}

static void want_printing(struct channels *channels, struct configured *candidate) {
  struct status status = {0};
  const char *name = candidate->name;
  if (!channels_put(channels, candidate, NULL, &status))
    log_line(LOG_LEVEL_INFO, "channel.added", "channel=%s", name);
}

static void want(struct channels *channels, struct look *look,
                 struct configured *candidate) {
  struct configured *old = *find_in(&channels->configured, candidate->name);
  struct status status = {0};
  if (old && configured_prints(old) != configured_prints(candidate)) {
    status_fail(&status, ERR_CONFLICT,
                "channel \"%s\": from the log to a plugin, or back, takes a restart",
                old->name);
    refuse(channels, old->name, NULL, &status);
    configured_free(candidate);
  } else if (old && configured_same(old, candidate)) {
    keep(channels, old, candidate);
  } else if (configured_prints(candidate)) {
    want_printing(channels, candidate);
  } else {
    add_fresh(look, old, candidate);
  }
}

static bool is_wanted(const struct value *all, const char *name) {
  return value_field(all, name).kind != VALUE_NIL;
}

static void drop_gone(struct channels *channels, const struct value *all) {
  struct configured **at = &channels->configured;
  while (*at) {
    struct configured *configured = *at;
    if (is_wanted(all, configured->name)) {
      at = &configured->next;
      continue;
    }
    *at = configured->next;
    dispatcher_drop(channels->dispatcher,
                    dispatcher_find(channels->dispatcher, configured->name));
    log_line(LOG_LEVEL_INFO, "channel.dropped", "channel=%s", configured->name);
    configured_free(configured);
  }
}

// Before anything is looked at: nobody holds one that goes.
static void begin_configuring(struct channels *channels, struct look *look) {
  struct value all, key, item;
  value_read(channels->wanted.data, channels->wanted.len, &all);
  struct value_iter iter = value_iterate(&all);
  drop_gone(channels, &all);
  buf_clear(&channels->refused);
  channels->refused_count = 0;
  while (value_next(&iter, &key, &item)) {
    struct status status = {0};
    char *name = value_copy_text(&key);
    struct configured *candidate = configured_new(name, &item, &status);
    if (candidate)
      want(channels, look, candidate);
    else
      refuse(channels, name, NULL, &status);
    mem_free(name);
  }
  buf_clear(&channels->settings);
  buf_put(&channels->settings, channels->wanted.data, channels->wanted.len);
  buf_deinit(&channels->wanted);
}

// What was refused may come with the plugin that was saved now.
static void want_refused(struct channels *channels) {
  if (!channels->wanted.len && channels->refused_count)
    buf_put(&channels->wanted, channels->settings.data, channels->settings.len);
}

static bool is_looked_at(const struct look *look, const struct configured *configured) {
  const struct fresh *fresh = look->found;
  while (fresh && fresh->configured != configured) fresh = fresh->next;
  return fresh != NULL;
}

void channels_reload(struct channels *channels) {
  channels->again = channels->looking != NULL;
  if (channels->looking) return;
  struct look *look = mem_alloc(sizeof *look);
  look->channels = channels;
  want_refused(channels);
  if (channels->wanted.len) begin_configuring(channels, look);
  for (struct configured *at = channels->configured; at; at = at->next)
    if (!configured_prints(at) && !is_looked_at(look, at)) add_fresh(look, at, NULL);
  channels->look = look;
  channels->looking = loop_job_new(channels->loop, run, looked, look);
}

void channels_configure(struct channels *channels, const struct value *settings) {
  struct value all = value_field(settings, "channels");
  buf_clear(&channels->wanted);
  if (all.kind == VALUE_MAP)
    value_put(&channels->wanted, &all);
  else
    value_end(&channels->wanted, value_begin_map(&channels->wanted), 0);
  channels_reload(channels);
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
