#include "channels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "care/dial.h"
#include "channels_parts.h"
#include "io/loop.h"
#include "io/watch.h"
#include "link/channel_log.h"
#include "secrets.h"

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
                                    .robot = info->robot};
  snprintf(can->plugin, sizeof can->plugin, "%s", info->name);
  snprintf(can->address, sizeof can->address, "%s", info->address);
}

static int read_file(const char *path, struct buf *out, struct status *status) {
  char block[4096];
  size_t count;
  FILE *file = fopen(path, "rb");
  if (!file)
    return status_fail(status, ERR_NOT_FOUND,
                       "%s can't be read: is the plugin installed?", path);
  while ((count = fread(block, 1, sizeof block, file)) > 0) buf_put(out, block, count);
  fclose(file);
  return OK;
}

int channels_open_plugin(const char *folder, const struct configured *configured,
                         struct plugin **out, char digest[33], struct status *status) {
  struct buf path = {0}, text = {0};
  struct value settings;
  buf_printf(&path, "%s/%s/plugin.lua", folder, configured->plugin);
  *out = NULL;
  int code = read_file(path.data, &text, status);
  digest_hex(buf_text(&text), text.len, digest);
  value_read(configured->settings.data, configured->settings.len, &settings);
  if (!code && strcmp(digest, configured->digest) != 0)
    code = plugin_open(out, &(struct plugin_source){path.data, buf_text(&text), text.len},
                       configured->name, &settings, status);
  buf_deinit(&path);
  buf_deinit(&text);
  return code;
}

static int64_t number_of(const struct value *settings, const char *key) {
  struct value field = value_field(settings, key);
  return value_int_or(&field, 0);
}

// What the engine itself wants of a channel is not handed to the plugin, which knows its
// own keys only.
static void without_own_keys(const struct value *settings, struct buf *out) {
  static const char *const own[] = {"plugin", "parallel",   "timeout_ms", "callers",
                                    "burst",  "per_second", "per_day"};
  struct value key, item;
  struct value_iter iter = value_iterate(settings);
  size_t map = value_begin_map(out);
  uint32_t count = 0;
  while (value_next(&iter, &key, &item)) {
    bool mine = false;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) mine |= value_is(&key, own[i]);
    if (mine) continue;
    value_put_key_bytes(out, key.text.data, key.text.len);
    value_put(out, &item);
    count++;
  }
  value_end(out, map, count);
}

static void configured_free(struct configured *configured) {
  mem_free(configured->name);
  mem_free(configured->plugin);
  if (configured->settings.data)
    explicit_bzero(configured->settings.data, configured->settings.len);
  buf_deinit(&configured->settings);
  mem_free(configured);
}

// NULL with the reason when the settings can't be read.
static struct configured *configured_new(const char *name, const char *plugin,
                                         const struct value *settings,
                                         struct status *status) {
  struct buf rest = {0};
  struct value view;
  if (strchr(plugin, '/') || plugin[0] == '.') {
    status_fail(status, ERR_INVALID,
                "channel \"%s\": plugin must be a plugin's name, such as sms-http", name);
    return NULL;
  }
  struct configured *configured = mem_alloc(sizeof *configured);
  configured->name = mem_copy_text(name);
  configured->plugin = mem_copy_text(plugin);
  without_own_keys(settings, &rest);
  value_read(rest.data, rest.len, &view);
  int code = secrets_read(&view, &configured->settings, status);
  buf_deinit(&rest);
  if (!code) return configured;
  configured_free(configured);
  status_prefix(status, "channel \"%s\"", name);
  return NULL;
}

static int read_callers(struct channel *channel, const struct value *settings,
                        struct status *status) {
  struct value callers = value_field(settings, "callers");
  char *text = value_copy_text(&callers);
  int code = callers.kind != VALUE_NIL && !text
                 ? status_fail(status, ERR_INVALID,
                               "must be addresses, such as \"10.0.0.5, 10.1.0.0/16\"")
                 : http_nets_parse(&channel->callers, text, status);
  mem_free(text);
  return code ? status_prefix(status, "channel \"%s\": callers", channel->name) : OK;
}

static int add_http(struct channels *channels, struct configured *configured,
                    const struct value *settings, struct status *status) {
  struct plugin *plugin;
  struct channel_abilities can;
  char digest[33];
  int code = channels_open_plugin(channels->plugins, configured, &plugin, digest, status);
  if (code) return code;
  memcpy(configured->digest, digest, sizeof digest);
  channels_abilities(plugin, &can);
  struct channel_http_config config = {
      .name = configured->name,
      .can = &can,
      .merges = plugin_info(plugin)->merges,
      .parallel = (unsigned)number_of(settings, "parallel"),
      .timeout_ms = number_of(settings, "timeout_ms"),
      .client = channels->client,
      .loop = channels->loop};
  struct plugin_port port = channels_port_of(plugin);
  struct channel *channel = channel_http_new(&config, &port);
  code = dispatcher_add(channels->dispatcher, channel, status);
  if (!code) code = read_callers(channel, settings, status);
  if (!code && channels_read_pace(settings, &channel->pace, status))
    code = status_prefix(status, "channel \"%s\"", configured->name);
  return code;
}

static int add_plugin(struct channels *channels, const char *name, const char *plugin,
                      const struct value *settings, struct status *status) {
  struct configured *configured = configured_new(name, plugin, settings, status);
  if (!configured) return status->code;
  configured->next = channels->configured;
  channels->configured = configured;
  return add_http(channels, configured, settings, status);
}

static int add_channel(struct channels *channels, const char *name,
                       const struct value *settings, struct status *status) {
  struct value plugin = value_field(settings, "plugin"),
               show = value_field(settings, "show_text");
  char *plugin_name = value_copy_text(&plugin);
  bool prints = !strcmp(plugin_name ? plugin_name : name, "log");
  int code;
  if (plugin_name && !prints)
    code = add_plugin(channels, name, plugin_name, settings, status);
  else if (prints)
    code = dispatcher_add(channels->dispatcher,
                          channel_log_new(name, value_true(&show), NULL, NULL), status);
  else
    code =
        status_fail(status, ERR_INVALID,
                    "channel \"%s\": plugin is missing: say which plugin sends, such as "
                    "\"sms-http\", or \"log\"",
                    name);
  mem_free(plugin_name);
  return code;
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

void channels_free(struct channels *channels) {
  dispatcher_free(channels->dispatcher);
  while (channels->configured) {
    struct configured *configured = channels->configured;
    channels->configured = configured->next;
    configured_free(configured);
  }
  mem_free(channels->plugins);
  *channels = (struct channels){0};
}
