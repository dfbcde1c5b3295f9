// What the configuration says of a connector, held against what its plugin declares.
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "link/connector_parts.h"

static const struct aw_setting *find(const struct connector *connector, const char *name,
                                     size_t len) {
  const struct aw_setting *at = connector->plugin->settings;
  while (at->name && !(strlen(at->name) == len && memcmp(at->name, name, len) == 0)) at++;
  return at->name ? at : NULL;
}

static int unknown(const struct connector *connector, const struct value *key,
                   struct status *status) {
  struct nearest nearest;
  struct buf hint = {0};
  nearest_start(&nearest, key->text.data, key->text.len);
  for (const struct aw_setting *at = connector->plugin->settings; at->name; at++)
    nearest_offer(&nearest, at->name, strlen(at->name));
  nearest_put(&nearest, &hint);
  status_fail(status, ERR_INVALID, "plugin %s has no setting '%.*s'%s",
              connector->plugin->name, (int)key->text.len, key->text.data,
              buf_text(&hint));
  buf_deinit(&hint);
  return status->code;
}

static int check_known(const struct connector *connector, const struct value *given,
                       struct status *status) {
  struct value key, item;
  struct value_iter iter = value_iterate(given);
  while (value_next(&iter, &key, &item))
    if (!value_is(&key, "plugin") && !find(connector, key.text.data, key.text.len))
      return unknown(connector, &key, status);
  return OK;
}

static int wants(const struct aw_setting *setting, const char *what,
                 struct status *status) {
  return status_fail(status, ERR_INVALID, "%s: %s: must be %s%s%s", setting->name,
                     setting->does, what, setting->otherwise ? ", such as " : "",
                     setting->otherwise ? setting->otherwise : "");
}

static int64_t otherwise_number(const struct aw_setting *setting) {
  if (!strcmp(setting->otherwise, "true")) return 1;
  return strtoll(setting->otherwise, NULL, 10);  // "false" is 0
}

static int read_number(const struct aw_setting *setting, const struct value *given,
                       int64_t *out, struct status *status) {
  bool flag = setting->kind == AW_FLAG;
  if (given->kind == VALUE_NIL)
    *out = otherwise_number(setting);
  else if (flag && given->kind == VALUE_BOOL)
    *out = given->boolean;
  else if (!flag && given->kind == VALUE_INT)
    *out = given->integer;
  else
    return wants(setting, flag ? "true or false" : "a whole number", status);
  return OK;
}

static int read_text(const struct aw_setting *setting, const struct value *given,
                     char **out, struct status *status) {
  if (given->kind != VALUE_NIL && given->kind != VALUE_TEXT)
    return wants(setting, "text", status);
  *out = given->kind == VALUE_TEXT ? value_copy_text(given)
                                   : mem_copy_text(setting->otherwise);
  return OK;
}

static int read_one(const struct aw_setting *setting, const struct value *settings,
                    struct connector_setting *out, struct status *status) {
  struct value given = value_field(settings, setting->name);
  if (given.kind == VALUE_NIL && !setting->otherwise)
    return wants(setting, "set", status);
  return setting->kind == AW_TEXT ? read_text(setting, &given, &out->text, status)
                                  : read_number(setting, &given, &out->number, status);
}

static size_t count_settings(const struct connector *connector) {
  size_t count = 0;
  while (connector->plugin->settings[count].name) count++;
  return count;
}

int connector_read_settings(struct connector *connector, const struct value *given,
                            struct status *status) {
  const struct aw_setting *declared = connector->plugin->settings;
  size_t count = count_settings(connector);
  connector->settings = mem_alloc((count + 1) * sizeof *connector->settings);
  if (check_known(connector, given, status)) return status->code;
  for (size_t i = 0; i < count; i++)
    if (read_one(&declared[i], given, &connector->settings[i], status))
      return status->code;
  return OK;
}

void connector_free_settings(struct connector *connector) {
  if (!connector->settings) return;
  for (size_t i = 0; i < count_settings(connector); i++)
    mem_free(connector->settings[i].text);
  mem_free(connector->settings);
}

// A plugin that asks for what it has not declared is wrong, and is told so at its start.
static const struct connector_setting *setting_of(const struct aw_host *host,
                                                  const char *name, bool text) {
  const struct connector *connector = connector_of(host);
  const struct aw_setting *declared = find(connector, name, strlen(name));
  if (declared && (declared->kind == AW_TEXT) == text)
    return &connector->settings[declared - connector->plugin->settings];
  log_line(LOG_LEVEL_ERROR, "connector.setting",
           "name=%s reason=\"plugin %s asks for the %s %s, which it does not declare\"",
           connector->name, connector->plugin->name, text ? "text" : "number", name);
  abort();
}

const char *connector_text(const struct aw_host *host, const char *name) {
  return setting_of(host, name, true)->text;
}

int64_t connector_number(const struct aw_host *host, const char *name) {
  return setting_of(host, name, false)->number;
}
