// A channel's settings: what the engine itself wants of it, and what its plugin does.
#include <string.h>

#include "base/mem.h"
#include "base/span.h"
#include "channels_parts.h"
#include "secrets.h"

static int read_whole(const struct value *settings, const char *key, int64_t most,
                      int64_t *out, struct status *status) {
  struct value field = value_field(settings, key);
  *out = value_int_or(&field, 0);
  if (field.kind == VALUE_NIL || (field.kind == VALUE_INT && *out > 0 && *out <= most))
    return OK;
  return status_fail(status, ERR_INVALID, "%s must be a whole number from 1 to %lld", key,
                     (long long)most);
}

static int read_unknown(const struct value *settings, int64_t *out,
                        struct status *status) {
  struct value field = value_field(settings, "unknown_after");
  struct span span = {.kind = SPAN_DAYS};
  char *text = value_copy_text(&field);
  bool good = text && span_parse(text, &span, &(struct status){0}) == OK &&
              span.kind == SPAN_EXACT && span.amount >= CIVIL_MINUTE_MS &&
              span.amount <= CIVIL_DAY_MS;
  mem_free(text);
  if (good) *out = span.amount;
  if (good || field.kind == VALUE_NIL) return OK;
  return status_fail(status, ERR_INVALID,
                     "unknown_after must be a span from \"1m\" to \"24h\", such as "
                     "\"15m\": then a call of which nobody told counts as unknown");
}

static int read_callers(const struct value *settings, struct http_nets *out,
                        struct status *status) {
  struct value callers = value_field(settings, "callers");
  char *text = value_copy_text(&callers);
  int code = callers.kind != VALUE_NIL && !text
                 ? status_fail(status, ERR_INVALID,
                               "must be addresses, such as \"10.0.0.5, 10.1.0.0/16\"")
                 : http_nets_parse(out, text, status);
  mem_free(text);
  return code ? status_prefix(status, "callers") : OK;
}

static int read_own(const struct value *settings, struct channel_own *out,
                    struct status *status) {
  struct value show = value_field(settings, "show_text");
  int64_t parallel;
  out->show_text = value_true(&show);
  if (read_whole(settings, "parallel", 1000, &parallel, status) ||
      read_whole(settings, "timeout_ms", 600000, &out->timeout_ms, status) ||
      read_unknown(settings, &out->unknown_ms, status) ||
      read_callers(settings, &out->callers, status))
    return status->code;
  out->parallel = (unsigned)parallel;
  return channels_read_pace(settings, &out->pace, status);
}

// What the engine itself wants of a channel is not handed to the plugin, which knows its
// own keys only.
static void without_own_keys(const struct value *settings, struct buf *out) {
  static const char *const own[] = {"plugin",  "parallel", "timeout_ms", "unknown_after",
                                    "callers", "burst",    "per_second", "per_day"};
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

static int read_plugin(const char *name, const struct value *settings, char **out,
                       struct status *status) {
  struct value plugin = value_field(settings, "plugin");
  *out = value_copy_text(&plugin);
  if (!*out && strcmp(name, "log") == 0) *out = mem_copy_text("log");
  if (!*out)
    return status_fail(status, ERR_INVALID,
                       "plugin is missing: say which plugin sends, such as "
                       "\"sms-http\", or \"log\"");
  if (strchr(*out, '/') || **out == '.')
    return status_fail(status, ERR_INVALID,
                       "plugin must be a plugin's name, such as sms-http");
  return OK;
}

static int read_secrets(const struct value *settings, struct buf *out,
                        struct status *status) {
  struct buf rest = {0};
  struct value view;
  without_own_keys(settings, &rest);
  value_read(rest.data, rest.len, &view);
  int code = secrets_read(&view, out, status);
  buf_deinit(&rest);
  return code;
}

struct configured *configured_new(const char *name, const struct value *settings,
                                  struct status *status) {
  struct configured *configured = mem_alloc(sizeof *configured);
  configured->name = mem_copy_text(name);
  if (!read_plugin(name, settings, &configured->plugin, status) &&
      !read_own(settings, &configured->own, status) &&
      !read_secrets(settings, &configured->settings, status))
    return configured;
  configured_free(configured);
  status_prefix(status, "channel \"%s\"", name);
  return NULL;
}

void configured_free(struct configured *configured) {
  mem_free(configured->name);
  mem_free(configured->plugin);
  if (configured->settings.data)
    explicit_bzero(configured->settings.data, configured->settings.len);
  buf_deinit(&configured->settings);
  mem_free(configured);
}

bool configured_prints(const struct configured *configured) {
  return strcmp(configured->plugin, "log") == 0;
}

bool configured_same(const struct configured *a, const struct configured *b) {
  return strcmp(a->plugin, b->plugin) == 0 && a->settings.len == b->settings.len &&
         memcmp(a->settings.data, b->settings.data, a->settings.len) == 0;
}
