#include "pulls.h"

#include <string.h>

#include "base/mem.h"
#include "base/span.h"
#include "care/mapping.h"
#include "plugin_file.h"
#include "script/plugin.h"
#include "secrets.h"

enum { EVERY_LEAST_MS = 1000, SECONDS = 60, MEGABYTES = 16, MEGABYTE = 1024 * 1024 };

static int ask(void *self, const struct value *state, struct buf *request,
               struct status *status) {
  return plugin_pull(self, state, request, status);
}

static int judge(void *self, const struct value *response, const struct value *state,
                 struct buf *out, struct status *status) {
  return plugin_pulled(self, response, state, out, status);
}

static void close_plugin(void *self) { plugin_close(self); }

static int read_every(const struct value *settings, int64_t *out, struct status *status) {
  struct value field = value_field(settings, "every");
  struct span span = {.kind = SPAN_DAYS};
  char *text = value_copy_text(&field);
  bool good = text && span_parse(text, &span, &(struct status){0}) == OK &&
              span.kind == SPAN_EXACT && span.amount >= EVERY_LEAST_MS &&
              span.amount <= CIVIL_DAY_MS;
  mem_free(text);
  *out = good ? span.amount : 5 * CIVIL_MINUTE_MS;
  if (good || field.kind == VALUE_NIL) return OK;
  return status_fail(status, ERR_INVALID,
                     "every must be a span from \"1s\" to \"24h\", such as \"5m\"");
}

static int read_whole(const struct value *settings, const char *key, int64_t otherwise,
                      int64_t most, int64_t *out, struct status *status) {
  struct value field = value_field(settings, key);
  *out = value_int_or(&field, otherwise);
  if (field.kind == VALUE_NIL || (field.kind == VALUE_INT && *out > 0 && *out <= most))
    return OK;
  return status_fail(status, ERR_INVALID, "%s must be a whole number from 1 to %lld", key,
                     (long long)most);
}

static int read_own(const struct value *settings, struct pull_config *config,
                    struct status *status) {
  int64_t seconds, megabytes;
  if (read_every(settings, &config->every_ms, status) ||
      read_whole(settings, "seconds", SECONDS, 600, &seconds, status) ||
      read_whole(settings, "megabytes", MEGABYTES, 64, &megabytes, status))
    return status->code;
  config->timeout_ms = seconds * 1000;
  config->most_bytes = (size_t)megabytes * MEGABYTE;
  return OK;
}

// What is the engine's own is not handed to the plugin, which knows its own keys only.
static void without_own(const struct value *settings, struct buf *out) {
  static const char *const own[] = {"every", "megabytes", "plugin", "seconds"};
  struct mapping map = mapping_begin(out);
  struct value_iter iter = value_iterate(settings);
  struct value key, item;
  while (value_next(&iter, &key, &item)) {
    bool mine = false;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) mine |= value_is(&key, own[i]);
    char *text = mine ? NULL : value_copy_text(&key);
    if (text) mapping_value(&map, text, &item);
    mem_free(text);
  }
  mapping_end(&map);
}

static int open_plugin(const char *file, const char *name, const struct value *settings,
                       struct plugin **out, struct status *status) {
  struct buf text = {0};
  int code = plugin_file_read(file, &text, status);
  if (!code)
    code = plugin_open(out,
                       &(struct plugin_source){.file = file,
                                               .text = buf_text(&text),
                                               .len = text.len,
                                               .role = PLUGIN_CONNECTOR},
                       name, settings, status);
  buf_deinit(&text);
  return code;
}

int pulls_open(struct pull **out, const struct pull_parts *parts, const char *file,
               const char *name, const char *plugin, const struct value *settings,
               struct status *status) {
  struct pull_config config = {.name = name, .plugin = plugin};
  struct buf rest = {0}, known = {0};
  struct value view;
  struct plugin *opened = NULL;
  without_own(settings, &rest);
  value_read(rest.data, rest.len, &view);
  if (read_own(settings, &config, status) || secrets_read(&view, &known, status)) {
    status_prefix(status, "connector \"%s\"", name);
  } else {
    value_read(known.data, known.len, &view);
    open_plugin(file, name, &view, &opened, status);
  }
  config.settings = known.data;
  config.settings_len = known.len;
  if (!status->code)
    *out =
        pull_new(parts, &config, &(struct pull_port){opened, ask, judge, close_plugin});
  if (known.len) explicit_bzero(known.data, known.len);
  buf_deinit(&rest);
  buf_deinit(&known);
  return status->code;
}
