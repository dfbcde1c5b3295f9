#include "channels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/message.h"
#include "link/channel_http.h"
#include "link/channel_log.h"
#include "script/plugin.h"

static void take_result(void *self, int64_t attempt,
                        const struct channel_result *result) {
  message_result(((struct channels *)self)->care, attempt, result);
}

static int64_t now(void *self) { return clock_now(((struct channels *)self)->clock); }

static int ask_send(void *self, const struct value *message, struct buf *request,
                    struct status *status) {
  return plugin_send(self, message, request, status);
}

static int ask_result(void *self, const struct value *response,
                      const struct value *message, struct buf *result,
                      struct status *status) {
  return plugin_result(self, response, message, result, status);
}

static int ask_receipt(void *self, const struct value *request, struct buf *out,
                       struct status *status) {
  return plugin_receipt(self, request, out, status);
}

static void close_plugin(void *self) { plugin_close(self); }

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

static int open_plugin(struct plugin **out, const char *plugins, const char *name,
                       const char *channel, const struct value *settings,
                       struct status *status) {
  struct buf path = {0}, text = {0};
  if (strchr(name, '/') || name[0] == '.')
    return status_fail(status, ERR_INVALID,
                       "channels.%s.plugin: must be a plugin's name, such as sms-http",
                       channel);
  buf_printf(&path, "%s/%s/plugin.lua", plugins, name);
  int code = read_file(path.data, &text, status);
  if (!code)
    code = plugin_open(out, &(struct plugin_source){path.data, buf_text(&text), text.len},
                       channel, settings, status);
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
  static const char *const own[] = {"plugin", "parallel", "timeout_ms"};
  struct value key, item;
  struct value_iter iter = value_iterate(settings);
  size_t map = value_begin_map(out);
  uint32_t count = 0;
  while (value_next(&iter, &key, &item)) {
    bool mine =
        value_is(&key, own[0]) || value_is(&key, own[1]) || value_is(&key, own[2]);
    if (mine) continue;
    value_put_key_bytes(out, key.text.data, key.text.len);
    value_put(out, &item);
    count++;
  }
  value_end(out, map, count);
}

static int add_http(struct channels *channels, struct http_thread *client,
                    const char *plugins, const char *name, const char *plugin_name,
                    const struct value *settings, struct status *status) {
  struct plugin *plugin;
  struct buf rest = {0};
  struct value view;
  without_own_keys(settings, &rest);
  value_read(rest.data, rest.len, &view);
  int code = open_plugin(&plugin, plugins, plugin_name, name, &view, status);
  buf_deinit(&rest);
  if (code) return code;
  const struct plugin_info *info = plugin_info(plugin);
  struct channel_http_config config = {
      .name = name,
      .address = info->address,
      .keyed_ms = info->keyed_ms,
      .max_length = info->max_length,
      .merges = info->merges,
      .parallel = (unsigned)number_of(settings, "parallel"),
      .timeout_ms = number_of(settings, "timeout_ms"),
      .client = client};
  struct plugin_port port = {plugin, ask_send, ask_result,
                             info->receipts ? ask_receipt : NULL, close_plugin};
  return dispatcher_add(channels->dispatcher, channel_http_new(&config, &port), status);
}

static int add_channel(struct channels *channels, struct http_thread *client,
                       const char *plugins, const char *name,
                       const struct value *settings, struct status *status) {
  struct value plugin = value_field(settings, "plugin"),
               show = value_field(settings, "show_text");
  char *plugin_name = value_copy_text(&plugin);
  bool prints = !strcmp(plugin_name ? plugin_name : name, "log");
  int code;
  if (plugin_name && !prints)
    code = add_http(channels, client, plugins, name, plugin_name, settings, status);
  else if (prints)
    code = dispatcher_add(channels->dispatcher,
                          channel_log_new(name, value_true(&show), NULL, NULL), status);
  else
    code = status_fail(
        status, ERR_INVALID,
        "channels.%s.plugin: say which plugin sends, such as \"sms-http\", or \"log\"",
        name);
  mem_free(plugin_name);
  return code;
}

int channels_open(struct channels *channels, struct care *care, struct clock *clock,
                  struct http_thread *client, const char *plugins,
                  const struct value *settings, struct status *status) {
  struct value all = value_field(settings, "channels"), key, item;
  struct value_iter iter = value_iterate(&all);
  int code = OK;
  *channels = (struct channels){.care = care, .clock = clock};
  channels->dispatcher = dispatcher_new(
      &(struct dispatcher_sink){.self = channels, .result = take_result, .now = now});
  while (!code && value_next(&iter, &key, &item)) {
    char *name = value_copy_text(&key);
    code = add_channel(channels, client, plugins, name, &item, status);
    mem_free(name);
  }
  care->channels = dispatcher_port(channels->dispatcher);
  return code;
}
