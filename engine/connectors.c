#include "connectors.h"

#include <string.h>
#include <unistd.h>

#include "api/token.h"
#include "base/mem.h"
#include "pulls.h"

static bool is_name(const char *text) {
  return text[0] && strlen(text) <= 31 &&
         strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

struct opening {
  struct connectors *connectors;
  const struct connectors_parts *parts;
};

static int listen_as(const struct opening *opening, const char *name, const char *plugin,
                     const struct value *settings, struct status *status) {
  struct connectors *connectors = opening->connectors;
  int code = connector_open(&connectors->list[connectors->count], &opening->parts->listen,
                            name, plugin, settings, status);
  if (!code) connectors->count++;
  return code;
}

static int ask_as(const struct opening *opening, const char *file, const char *name,
                  const char *plugin, const struct value *settings,
                  struct status *status) {
  struct connectors *connectors = opening->connectors;
  int code = pulls_open(&connectors->pulls[connectors->pull_count], &opening->parts->pull,
                        file, name, plugin, settings, status);
  if (!code) connectors->pull_count++;
  return code;
}

static int look_as(const struct opening *opening, const char *name,
                   const struct value *settings, struct status *status) {
  struct connectors *connectors = opening->connectors;
  int code = drop_open(&connectors->drops[connectors->drop_count], &opening->parts->drop,
                       name, settings, status);
  if (!code) connectors->drop_count++;
  return code;
}

static int open_as(const struct opening *opening, const char *name, const char *plugin,
                   const struct value *settings, struct status *status) {
  struct buf path = {0};
  if (!strcmp(plugin, "csv-drop")) return look_as(opening, name, settings, status);
  buf_printf(&path, "%s/%s/plugin.lua", opening->parts->listen.plugins, plugin);
  int code = access(path.data, F_OK)
                 ? listen_as(opening, name, plugin, settings, status)
                 : ask_as(opening, path.data, name, plugin, settings, status);
  buf_deinit(&path);
  return code;
}

static size_t count_all(const struct connectors *connectors) {
  return connectors->count + connectors->pull_count + connectors->drop_count;
}

static int open_one(const struct opening *opening, const char *name,
                    const struct value *settings, struct status *status) {
  struct value plugin = value_field(settings, "plugin");
  if (!is_name(name))
    return status_fail(status, ERR_INVALID,
                       "connectors: \"%.40s\" is no name: use letters a-z, digits and -",
                       name);
  if (count_all(opening->connectors) == CONNECTORS_MOST)
    return status_fail(status, ERR_LIMIT, "connectors: more than %d", CONNECTORS_MOST);
  char *text = value_copy_text(&plugin);
  int code =
      text && is_name(text)
          ? open_as(opening, name, text, settings, status)
          : status_fail(status, ERR_INVALID,
                        "connector \"%s\": plugin must be a plugin's name, such as hl7",
                        name);
  mem_free(text);
  return code;
}

int connectors_open(struct connectors *connectors, const struct connectors_parts *parts,
                    const struct value *settings, struct status *status) {
  const struct opening opening = {connectors, parts};
  struct value all = value_field(settings, "connectors"), key, item;
  struct value_iter iter = value_iterate(&all);
  pull_handlers(parts->listen.kernel);
  if (all.kind != VALUE_NIL && all.kind != VALUE_MAP && value_count(&all))
    return status_fail(status, ERR_INVALID,
                       "connectors: must be a table by name, such as { his = { plugin = "
                       "\"hl7\" } }");
  while (value_next(&iter, &key, &item)) {
    char *name = value_copy_text(&key);
    int code = open_one(&opening, name, &item, status);
    mem_free(name);
    if (code) return code;
  }
  return OK;
}

void connectors_stop_asking(struct connectors *connectors) {
  for (size_t i = 0; i < connectors->pull_count; i++) pull_stop(connectors->pulls[i]);
  for (size_t i = 0; i < connectors->drop_count; i++) drop_stop(connectors->drops[i]);
}

void connectors_add_tokens(const struct connectors *connectors, struct tokens *tokens) {
  for (size_t i = 0; i < connectors->drop_count; i++)
    tokens_add(tokens, drop_token(connectors->drops[i]), drop_name(connectors->drops[i]),
               SCOPE_EVENTS);
}

void connectors_stop(struct connectors *connectors) {
  for (size_t i = 0; i < connectors->count; i++) connector_stop(connectors->list[i]);
}

void connectors_free(struct connectors *connectors) {
  while (connectors->drop_count) drop_free(connectors->drops[--connectors->drop_count]);
  while (connectors->pull_count) pull_free(connectors->pulls[--connectors->pull_count]);
  while (connectors->count) connector_free(connectors->list[--connectors->count]);
}

int connectors_ask(struct connectors *connectors, const char *name, const char *what,
                   const char *bytes, size_t count, inbox_done *done, void *ctx,
                   struct status *status) {
  for (size_t i = 0; i < connectors->count; i++)
    if (!strcmp(connector_name(connectors->list[i]), name))
      return connector_ask(connectors->list[i], what, bytes, count, done, ctx, status);
  for (size_t i = 0; i < connectors->pull_count; i++)
    if (!strcmp(pull_name(connectors->pulls[i]), name))
      return pull_ask(connectors->pulls[i], what, done, ctx, status);
  for (size_t i = 0; i < connectors->drop_count; i++)
    if (!strcmp(drop_name(connectors->drops[i]), name))
      return drop_ask(connectors->drops[i], what, done, ctx, status);
  return status_fail(status, ERR_NOT_FOUND,
                     "there is no connector \"%.40s\": afterward plugins lists them",
                     name);
}

void connectors_list(const struct connectors *connectors, struct buf *out) {
  size_t list = value_begin_list(out);
  for (size_t i = 0; i < connectors->count; i++) connector_put(connectors->list[i], out);
  for (size_t i = 0; i < connectors->pull_count; i++) pull_put(connectors->pulls[i], out);
  for (size_t i = 0; i < connectors->drop_count; i++) drop_put(connectors->drops[i], out);
  value_end(out, list, (uint32_t)count_all(connectors));
}

void connectors_metrics(const struct connectors *connectors, struct buf *out) {
  connector_metrics(connectors->list, connectors->count, out);
  pull_metrics(connectors->pulls, connectors->pull_count, out);
  drop_metrics(connectors->drops, connectors->drop_count, out);
}

void connectors_warn(const struct connectors *connectors, struct buf *out) {
  for (size_t i = 0; i < connectors->pull_count; i++)
    pull_warn(connectors->pulls[i], out);
  for (size_t i = 0; i < connectors->drop_count; i++)
    drop_warn(connectors->drops[i], out);
}
