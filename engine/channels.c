#include "channels.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/dial.h"
#include "channels_parts.h"
#include "io/loop.h"
#include "io/watch.h"
#include "link/channel_log.h"
#include "plugin_file.h"

static void take_result(void *self, int64_t attempt,
                        const struct channel_result *result) {
  message_result(((struct channels *)self)->care, attempt, result);
}

static void take_unheard(void *self, const char *channel) {
  message_unheard(((struct channels *)self)->care, channel);
}

static void take_dialled(void *self, int64_t dial, const struct channel_result *result) {
  dial_sent(((struct channels *)self)->care, dial, result);
}

static int64_t now(void *self) { return clock_now(((struct channels *)self)->clock); }

static int ask_send(void *self, const struct value *message, struct buf *request,
                    struct status *status) {
  return plugin_send(self, message, request, status);
}

static int ask_query(void *self, const struct value *message, struct buf *request,
                     struct status *status) {
  return plugin_query(self, message, request, status);
}

static int judge_result(void *self, const struct value *response,
                        const struct value *message, struct buf *result,
                        struct status *status) {
  return plugin_result(self, response, message, result, status);
}

static int judge_queried(void *self, const struct value *response,
                         const struct value *message, struct buf *result,
                         struct status *status) {
  return plugin_queried(self, response, message, result, status);
}

static int hear_receipt(void *self, const struct value *request, struct buf *out,
                        struct status *status) {
  return plugin_receipt(self, request, out, status);
}

static int hear_inbound(void *self, const struct value *request, struct buf *out,
                        struct status *status) {
  return plugin_inbound(self, request, out, status);
}

static void close_plugin(void *self) { plugin_close(self); }

struct plugin_port channels_port_of(struct plugin *plugin) {
  const struct plugin_info *info = plugin_info(plugin);
  return (struct plugin_port){.self = plugin,
                              .send = ask_send,
                              .query = info->queryable ? ask_query : NULL,
                              .result = judge_result,
                              .queried = info->queryable ? judge_queried : NULL,
                              .receipt = info->receipts ? hear_receipt : NULL,
                              .inbound = info->inbound ? hear_inbound : NULL,
                              .free = close_plugin};
}

void channels_abilities(const struct plugin *plugin, struct channel_abilities *can) {
  const struct plugin_info *info = plugin_info(plugin);
  *can = (struct channel_abilities){.keyed_ms = info->keyed_ms,
                                    .max_length = info->max_length,
                                    .links = info->links,
                                    .receipts = info->receipts,
                                    .reads = info->reads,
                                    .inbound = info->inbound,
                                    .queryable = info->queryable,
                                    .dials = info->dials,
                                    .robot = info->robot,
                                    .scenes = info->scenes};
  can->pace = (struct channel_pace){info->per_second, (int)info->burst, info->per_day};
  snprintf(can->plugin, sizeof can->plugin, "%s", info->name);
  snprintf(can->address, sizeof can->address, "%s", info->address);
  snprintf(can->approved, sizeof can->approved, "%s", info->approved);
  can->approved_only = info->approved_only;
}

// A setting that would do nothing is a mistake.
static int check_rings(const struct configured *configured, struct plugin **plugin,
                       struct status *status) {
  if (!configured->own.unknown_ms || !*plugin || plugin_info(*plugin)->dials) return OK;
  plugin_close(*plugin);
  *plugin = NULL;
  return status_fail(status, ERR_INVALID,
                     "channel \"%s\": unknown_after is for channels that ring people, "
                     "and %s doesn't: take it out",
                     configured->name, configured->plugin);
}

int channels_open_plugin(const char *folder, const struct configured *configured,
                         struct plugin **out, char digest[33], struct status *status) {
  struct buf path = {0}, text = {0};
  struct value settings;
  buf_printf(&path, "%s/%s/plugin.lua", folder, configured->plugin);
  *out = NULL;
  int code = plugin_file_read(path.data, &text, status);
  digest_hex(buf_text(&text), text.len, digest);
  value_read(configured->settings.data, configured->settings.len, &settings);
  if (!code && strcmp(digest, configured->digest) != 0)
    code = plugin_open(out, &(struct plugin_source){path.data, buf_text(&text), text.len},
                       configured->name, &settings, status);
  buf_deinit(&path);
  buf_deinit(&text);
  return code ? code : check_rings(configured, out, status);
}

void channels_set_own(struct channels *channels, const struct configured *configured) {
  const struct channel_own *own = &configured->own;
  struct channel *channel = dispatcher_find(channels->dispatcher, configured->name);
  channel->callers = own->callers;
  channel->unknown_ms = own->unknown_ms;
  channel->pace = own->pace;
  dispatcher_set_parallel(channel, own->parallel);
  if (configured_prints(configured))
    channel_log_show(channel, own->show_text);
  else
    channel_http_set_timeout(channel, own->timeout_ms);
}

static struct channel *new_channel(struct channels *channels,
                                   const struct configured *configured,
                                   struct plugin *plugin) {
  if (!plugin)
    return channel_log_new(configured->name, configured->own.show_text, NULL, NULL);
  struct channel_abilities can;
  struct plugin_port port = channels_port_of(plugin);
  channels_abilities(plugin, &can);
  return channel_http_new(
      &(struct channel_http_config){.name = configured->name,
                                    .can = &can,
                                    .merges = plugin_info(plugin)->merges,
                                    .client = channels->client,
                                    .loop = channels->loop},
      &port);
}

int channels_put(struct channels *channels, struct configured *configured,
                 struct plugin *plugin, struct status *status) {
  if (dispatcher_add(channels->dispatcher, new_channel(channels, configured, plugin),
                     status)) {
    configured_free(configured);
    return status->code;
  }
  configured->next = channels->configured;
  channels->configured = configured;
  channels_set_own(channels, configured);
  return OK;
}

static int add_channel(struct channels *channels, const char *name,
                       const struct value *settings, struct status *status) {
  struct configured *configured = configured_new(name, settings, status);
  struct plugin *plugin = NULL;
  char digest[33] = "";
  if (!configured) return status->code;
  if (!configured_prints(configured) &&
      channels_open_plugin(channels->plugins, configured, &plugin, digest, status)) {
    configured_free(configured);
    return status->code;
  }
  memcpy(configured->digest, digest, sizeof digest);
  return channels_put(channels, configured, plugin, status);
}

int channels_open(struct channels *channels, const struct channels_parts *parts,
                  const struct value *settings, struct status *status) {
  struct value all = value_field(settings, "channels"), key, item;
  struct value_iter iter = value_iterate(&all);
  int code = OK;
  *channels = (struct channels){.care = parts->care,
                                .clock = parts->clock,
                                .loop = parts->loop,
                                .client = parts->client,
                                .plugins = mem_copy_text(parts->plugins)};
  channels->dispatcher = dispatcher_new(&(struct dispatcher_sink){.self = channels,
                                                                  .result = take_result,
                                                                  .dialled = take_dialled,
                                                                  .unheard = take_unheard,
                                                                  .now = now});
  while (!code && value_next(&iter, &key, &item)) {
    char *name = value_copy_text(&key);
    code = add_channel(channels, name, &item, status);
    mem_free(name);
  }
  if (parts->care) parts->care->channels = dispatcher_port(channels->dispatcher);
  return code;
}

static void free_all(struct configured *configured) {
  while (configured) {
    struct configured *next = configured->next;
    configured_free(configured);
    configured = next;
  }
}

void channels_free(struct channels *channels) {
  dispatcher_free(channels->dispatcher);
  free_all(channels->configured);
  buf_deinit(&channels->wanted);
  buf_deinit(&channels->refused);
  buf_deinit(&channels->settings);
  mem_free(channels->plugins);
  *channels = (struct channels){0};
}
