// No message says more than its reader may know (WARD 1).
#include <string.h>

#include "care/message_about.h"
#include "care/message_gate.h"
#include "care/message_text.h"

bool message_may_know(struct care *care, const struct message *message, int64_t person) {
  const char *state = message_about(care, message)->disclosure;
  if (strcmp(state, "self") == 0) return true;
  return strcmp(state, "family") == 0 && person != message->patient;
}

struct value message_definition(struct care *care, const struct message *message) {
  bool send = strcmp(message->kind, "send") == 0;
  return catalog_find(care->catalog, message->department, send ? "template" : "form",
                      message->name);
}

struct value message_program(struct care *care, const struct message *message) {
  if (!message->program) return (struct value){.kind = VALUE_NIL};
  return catalog_find(care->catalog, message->department, "program", message->program);
}

static bool discloses(const struct value *definition) {
  struct value flag = value_field(definition, "discloses");
  struct value sensitive = value_field(definition, "sensitive");
  return value_true(&flag) || value_true(&sensitive);
}

bool message_discloses(struct care *care, const struct message *message) {
  struct value definition = message_definition(care, message);
  struct value program = message_program(care, message);
  return discloses(&definition) || discloses(&program);
}

struct value message_shown(const struct value *definition, const char *field,
                           const char *language, bool may_know) {
  struct value text;
  if (discloses(definition) && !may_know)
    text = value_field(definition, "discreet");
  else
    text = value_field(definition, field);
  if (text.kind == VALUE_NIL) return text;
  return text_in(&text, language);
}

struct value message_worded(const struct value *definition, const char *channel,
                            const char *language, bool may_know) {
  struct value all = value_field(definition, "channels");
  struct value own = value_field(&all, channel ? channel : "");
  bool veiled = discloses(definition) && !may_know;
  return own.kind == VALUE_NIL || veiled
             ? message_shown(definition, "text", language, may_know)
             : text_in(&own, language);
}

static bool may_show(const struct value *definition, bool may_know) {
  struct value discreet = value_field(definition, "discreet");
  return may_know || !discloses(definition) || discreet.kind != VALUE_NIL;
}

bool gate_disclosure(struct care *care, struct message *message, struct gate *gate) {
  struct value definition = message_definition(care, message);
  struct value program = message_program(care, message);
  if (!discloses(&definition) && !discloses(&program)) return true;
  bool may_know = message_may_know(care, message, gate->person);
  if (may_show(&definition, may_know) && may_show(&program, may_know)) return true;
  return gate_end(gate, "suppressed", "disclosure");
}
