#include "care/template_check.h"

#include <string.h>

#include "care/message_approved.h"

enum { CHANNEL_NAME = 32 };

struct checking {
  struct care *care;
  struct value id, body;  // of the template
  template_found *fn;
  void *self;
};

static void say(const struct checking *checking, const struct buf *said) {
  checking->fn(checking->self, &checking->body, said->data);
}

static bool in_order(const struct value *approved) {
  struct value params = value_field(approved, "params");
  return params.kind == VALUE_LIST;
}

// A channel that the template has a number for.
static void check_number(const struct checking *checking, const char *channel,
                         const struct value *approved) {
  const struct channels_port *port = &checking->care->channels;
  struct buf said = {0};
  bool only = false;
  struct value params = value_field(approved, "params");
  const char *how = port->approved(port->self, channel, &only);
  if (!port->known(port->self, channel))
    buf_printf(&said,
               "template \"%.*s\": approved.%s: no channel is called so in the "
               "configuration",
               (int)checking->id.text.len, checking->id.text.data, channel);
  else if (how && params.kind != VALUE_NIL &&
           (strcmp(how, "order") == 0) != in_order(approved))
    buf_printf(&said, "template \"%.*s\": approved.%s: params must be %s",
               (int)checking->id.text.len, checking->id.text.data, channel,
               strcmp(how, "order") ? "name → placeholder, as this gateway knows them by "
                                      "name: params = { name = \"patient.title\" }"
                                    : "a list, as this gateway knows them in order: "
                                      "params = { \"patient.title\" }");
  if (said.len) say(checking, &said);
  buf_deinit(&said);
}

// A channel that the department writes by.
static void check_way(const struct checking *checking, const char *channel) {
  const struct channels_port *port = &checking->care->channels;
  struct value approved = message_approved(&checking->body, channel);
  struct buf said = {0};
  bool only = false;
  if (!port->approved(port->self, channel, &only) || !only || approved.kind != VALUE_NIL)
    return;
  buf_printf(&said,
             "template \"%.*s\" has no approved text for channel %s, which takes no "
             "others: add approved = { %s = { id = …, params = … } }, or it goes by the "
             "next channel, or to nobody",
             (int)checking->id.text.len, checking->id.text.data, channel, channel);
  say(checking, &said);
  buf_deinit(&said);
}

static void check_ways(const struct checking *checking, const struct value *via) {
  struct value_iter iter = value_iterate(via);
  struct value name;
  char channel[CHANNEL_NAME];
  while (value_next(&iter, NULL, &name)) {
    if (name.kind != VALUE_TEXT || name.text.len >= sizeof channel) continue;
    memcpy(channel, name.text.data, name.text.len);
    channel[name.text.len] = 0;
    check_way(checking, channel);
  }
}

static bool has(const struct value *via, const char *channel) {
  struct value_iter iter = value_iterate(via);
  struct value name;
  while (value_next(&iter, NULL, &name))
    if (value_is(&name, channel)) return true;
  return false;
}

// The site's order of channels follows the department's.
static void check_site(const struct checking *checking, const struct value *via) {
  char channel[CHANNEL_NAME];
  const char *at = checking->care->site->via ? checking->care->site->via : "";
  for (size_t len; *at; at += len + strspn(at + len, ", ")) {
    len = strcspn(at, ", ");
    if (!len || len >= sizeof channel) continue;
    memcpy(channel, at, len);
    channel[len] = 0;
    if (!has(via, channel)) check_way(checking, channel);
  }
}

static void check_template(const struct checking *checking, const struct value *via) {
  struct value all = value_field(&checking->body, "approved"), name, approved;
  struct value_iter iter = value_iterate(&all);
  char channel[CHANNEL_NAME];
  while (value_next(&iter, &name, &approved)) {
    if (name.text.len >= sizeof channel) continue;
    memcpy(channel, name.text.data, name.text.len);
    channel[name.text.len] = 0;
    check_number(checking, channel, &approved);
  }
  check_ways(checking, via);
  check_site(checking, via);
}

void template_check(struct care *care, const char *department,
                    const struct value *definitions, template_found *fn, void *self) {
  struct checking checking = {.care = care, .fn = fn, .self = self};
  struct value departments = value_field(definitions, "department");
  struct value own = value_field(&departments, department);
  struct value via = value_field(&own, "via"),
               templates = value_field(definitions, "template");
  struct value_iter iter = value_iterate(&templates);
  if (!care->channels.approved) return;
  while (value_next(&iter, &checking.id, &checking.body)) check_template(&checking, &via);
}
