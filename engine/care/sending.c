#include "care/sending.h"

#include <string.h>

#include "base/mem.h"
#include "care/facts.h"
#include "care/message.h"

enum {
  HOLD_MS = 3 * 24 * 3600000
};  // how long a message may be held, where neither the call nor the step's valid_for
    // says so

static char *arg_text(const struct sending *sending, const char *key) {
  struct value field = value_field(sending->args, key);
  return value_copy_text(&field);
}

// "wechat,sms" from {"wechat","sms"}; NULL when none is named.
static char *joined(const struct value *list) {
  struct value item;
  struct buf out = {0};
  struct value_iter iter = value_iterate(list);
  while (value_next(&iter, NULL, &item)) {
    if (item.kind != VALUE_TEXT) continue;
    if (out.len) buf_putc(&out, ',');
    buf_put(&out, item.text.data, item.text.len);
  }
  return out.len ? buf_take(&out) : NULL;
}

char *sending_via(const struct sending *sending) {
  struct value list = value_field(sending->args, "via");
  return joined(&list);
}

static int64_t held_until(struct care *care, const struct sending *sending) {
  const struct run *run = sending->run;
  struct subject subject = {care, run->department, run->patient, run->enrollment, 0,
                            NULL};
  struct status status = {0};
  int64_t at = 0, now = kernel_now(care->kernel);
  char *own = arg_text(sending, "valid_for");
  if (own && facts_time(&subject, own, 0, &at, &status)) at = 0;
  mem_free(own);
  if (at) return at;
  return now + (run->valid_until ? run->valid_until - run->scheduled_at : HOLD_MS);
}

static struct value definition(struct care *care, const struct sending *sending) {
  const char *kind = strcmp(sending->kind, "ask") ? "template" : "form";
  return catalog_find(care->catalog, sending->run->department, kind, sending->name);
}

char *sending_class(struct care *care, const struct sending *sending) {
  struct value body = definition(care, sending), class = value_field(&body, "class");
  char *text = value_copy_text(&class);
  if (text) return text;
  return mem_copy_text(strcmp(sending->kind, "ask") ? "general" : "questionnaire");
}

static char *program_of(struct care *care, const struct run *run) {
  struct value pathway =
      catalog_find(care->catalog, run->department, "pathway", run->pathway);
  struct value program = value_field(&pathway, "program");
  return value_copy_text(&program);
}

int64_t sending_plan(struct care *care, const struct sending *sending, const char *via,
                     const char *to, int64_t first) {
  const struct run *run = sending->run;
  struct value fields = value_field(sending->args, "fields");
  char *asked = arg_text(sending, "to"), *remind = arg_text(sending, "remind");
  char *class = sending_class(care, sending), *program = program_of(care, run);
  int64_t id = message_plan(care, &(struct message_spec){
                                      .patient = run->patient,
                                      .enrollment = run->enrollment,
                                      .run = run->id,
                                      .question = sending->question,
                                      .department = run->department,
                                      .program = program,
                                      .kind = sending->kind,
                                      .class_ = class,
                                      .name = sending->name,
                                      .audience = to      ? to
                                                  : asked ? asked
                                                          : "patient",
                                      .via = via,
                                      .remind = remind,
                                      .fields = fields.kind == VALUE_MAP ? &fields : NULL,
                                      .valid_until = held_until(care, sending),
                                      .first = first,
                                  });
  mem_free(asked);
  mem_free(remind);
  mem_free(class);
  mem_free(program);
  return id;
}

// On all channels named at once: a message for each, which are one contact.
static int64_t plan_together(struct care *care, const struct sending *sending,
                             const struct value *list) {
  struct value_iter iter = value_iterate(list);
  struct value item;
  int64_t first = MESSAGE_IS_FIRST;
  while (value_next(&iter, NULL, &item)) {
    char *channel = value_copy_text(&item);
    int64_t id = sending_plan(care, sending, channel, NULL, first);
    if (first == MESSAGE_IS_FIRST) first = id;
    mem_free(channel);
  }
  return first;
}

int64_t sending_plan_all(struct care *care, const struct sending *sending) {
  struct value list = value_field(sending->args, "via"),
               together = value_field(sending->args, "together");
  char *via = sending_via(sending);
  int64_t id = via && value_true(&together) ? plan_together(care, sending, &list)
                                            : sending_plan(care, sending, via, NULL, 0);
  mem_free(via);
  return id;
}
