#include "connectors.h"

#include <string.h>

#include "base/mem.h"

static bool is_name(const char *text) {
  return text[0] && strlen(text) <= 31 &&
         strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static int open_one(struct connectors *connectors, const struct connector_parts *parts,
                    const char *name, const struct value *settings,
                    struct status *status) {
  struct value plugin = value_field(settings, "plugin");
  if (!is_name(name))
    return status_fail(status, ERR_INVALID,
                       "connectors: \"%.40s\" is no name: use letters a-z, digits and -",
                       name);
  if (connectors->count == CONNECTORS_MOST)
    return status_fail(status, ERR_LIMIT, "connectors: more than %d", CONNECTORS_MOST);
  char *text = value_copy_text(&plugin);
  int code =
      text && is_name(text)
          ? connector_open(&connectors->list[connectors->count], parts, name, text,
                           settings, status)
          : status_fail(status, ERR_INVALID,
                        "connector \"%s\": plugin must be a plugin's name, such as hl7",
                        name);
  mem_free(text);
  if (!code) connectors->count++;
  return code;
}

int connectors_open(struct connectors *connectors, const struct connector_parts *parts,
                    const struct value *settings, struct status *status) {
  struct value all = value_field(settings, "connectors"), key, item;
  struct value_iter iter = value_iterate(&all);
  if (all.kind != VALUE_NIL && all.kind != VALUE_MAP && value_count(&all))
    return status_fail(status, ERR_INVALID,
                       "connectors: must be a table by name, such as { his = { plugin = "
                       "\"hl7\" } }");
  while (value_next(&iter, &key, &item)) {
    char *name = value_copy_text(&key);
    int code = open_one(connectors, parts, name, &item, status);
    mem_free(name);
    if (code) return code;
  }
  return OK;
}

void connectors_stop(struct connectors *connectors) {
  for (size_t i = 0; i < connectors->count; i++) connector_stop(connectors->list[i]);
}

void connectors_free(struct connectors *connectors) {
  while (connectors->count) connector_free(connectors->list[--connectors->count]);
}

int connectors_ask(struct connectors *connectors, const char *name, const char *what,
                   const char *bytes, size_t count, inbox_done *done, void *ctx,
                   struct status *status) {
  for (size_t i = 0; i < connectors->count; i++)
    if (!strcmp(connector_name(connectors->list[i]), name))
      return connector_ask(connectors->list[i], what, bytes, count, done, ctx, status);
  return status_fail(status, ERR_NOT_FOUND,
                     "there is no connector \"%.40s\": afterward plugins lists them",
                     name);
}

void connectors_list(const struct connectors *connectors, struct buf *out) {
  size_t list = value_begin_list(out);
  for (size_t i = 0; i < connectors->count; i++) connector_put(connectors->list[i], out);
  value_end(out, list, (uint32_t)connectors->count);
}

void connectors_metrics(const struct connectors *connectors, struct buf *out) {
  connector_metrics(connectors->list, connectors->count, out);
}
