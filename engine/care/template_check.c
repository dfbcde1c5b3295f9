#include "care/template_check.h"

#include <stdio.h>
#include <string.h>

#include "care/message_approved.h"

enum { CHANNEL_NAME = 32 };

struct checking {
  struct care *care;
  const char *what;       // "template" or "form"
  struct value id, body;  // of it
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

// A channel that it has a number for; at: where in it, "sms" or "sms.remind".
static void check_number(const struct checking *checking, const char *channel,
                         const char *at, const struct value *approved) {
  const struct channels_port *port = &checking->care->channels;
  struct buf said = {0};
  bool only = false;
  struct value params = value_field(approved, "params");
  const char *how = port->approved(port->self, channel, &only), *wrong = NULL;
  if (!port->known(port->self, channel))
    wrong = "no channel is called so in the configuration";
  else if (how && params.kind != VALUE_NIL &&
           (strcmp(how, "order") == 0) != in_order(approved))
    wrong = strcmp(how, "order")
                ? "params must be name → placeholder, as this gateway knows them by "
                  "name: params = { name = \"patient.title\" }"
                : "params must be a list, as this gateway knows them in order: "
                  "params = { \"patient.title\" }";
  if (wrong)
    buf_printf(&said, "%s \"%.*s\": approved.%s: %s", checking->what,
               (int)checking->id.text.len, checking->id.text.data, at, wrong);
  if (said.len) say(checking, &said);
  buf_deinit(&said);
}

static void check_again(const struct checking *checking, const char *channel,
                        const struct value *approved) {
  struct value again = value_field(approved, "remind");
  char at[CHANNEL_NAME + 8];
  snprintf(at, sizeof at, "%s.remind", channel);
  if (again.kind == VALUE_MAP) check_number(checking, channel, at, &again);
}

// A channel that the department writes by.
static void check_way(const struct checking *checking, const char *channel) {
  const struct channels_port *port = &checking->care->channels;
  struct value approved = message_approved(&checking->body, channel, "send");
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

static void check_numbers(const struct checking *checking) {
  struct value all = value_field(&checking->body, "approved"), name, approved;
  struct value_iter iter = value_iterate(&all);
  char channel[CHANNEL_NAME];
  while (value_next(&iter, &name, &approved)) {
    if (name.text.len >= sizeof channel) continue;
    memcpy(channel, name.text.data, name.text.len);
    channel[name.text.len] = 0;
    check_number(checking, channel, channel, &approved);
    check_again(checking, channel, &approved);
  }
}

void template_check(struct care *care, const char *department,
                    const struct value *definitions, template_found *fn, void *self) {
  struct checking checking = {.care = care, .what = "template", .fn = fn, .self = self};
  struct value departments = value_field(definitions, "department");
  struct value own = value_field(&departments, department);
  struct value via = value_field(&own, "via"),
               templates = value_field(definitions, "template"),
               forms = value_field(definitions, "form");
  struct value_iter iter = value_iterate(&templates);
  if (!care->channels.approved) return;
  while (value_next(&iter, &checking.id, &checking.body)) {
    check_numbers(&checking);
    check_ways(&checking, &via);
    check_site(&checking, &via);
  }
  // A question without a number may go by the channel's own settings.
  checking.what = "form";
  iter = value_iterate(&forms);
  while (value_next(&iter, &checking.id, &checking.body)) check_numbers(&checking);
}
