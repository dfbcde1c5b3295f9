// An item of feedback came: whom it is from, and whom it is about.
#include <string.h>

#include "base/mem.h"
#include "care/attachment.h"
#include "care/case.h"
#include "care/event_apply.h"
#include "care/feedback_said.h"
#include "care/identity.h"
#include "care/mapping.h"

struct sender {
  int64_t person, about;
  const char *sure;  // how it is known whom it is about
};

static struct sender find_sender(struct event_in *event, const struct value *item) {
  struct care *care = event->care;
  struct value given = value_field(item, "sender"), flag = value_field(item, "anonymous");
  char *phone = value_copy_field(&given, "phone"),
       *wechat = value_copy_field(&given, "wechat");
  struct sender out = {event->patient, event->patient, "mrn"};
  if (value_true(&flag)) {
    out = (struct sender){.person = feedback_stranger(care, &(struct value){0})};
  } else if (!event->patient) {
    int64_t person = phone ? identity_find(care->store, "phone", phone) : 0;
    if (!person && wechat) person = identity_find(care->store, "wechat", wechat);
    out.about = phone ? feedback_about(care, "phone", phone) : 0;
    out.sure = "phone";
    if (!out.about && wechat) {
      out.about = feedback_about(care, "wechat", wechat);
      out.sure = "wechat";
    }
    out.person = person ? person : feedback_stranger(care, &given);
    feedback_addressable(care, out.person);
  }
  mem_free(phone);
  mem_free(wechat);
  return out;
}

// The stay that it is about: as was said, else when there is no doubt. How that is known.
static const char *find_stay(struct event_in *event, const struct sender *sender) {
  struct care *care = event->care;
  if (!sender->about) return NULL;
  event->encounter =
      event->visit ? store_int(care->store, 0,
                               "SELECT id FROM encounter WHERE visit=?1 AND patient=?2",
                               "ti", event->visit, sender->about)
                   : feedback_stay(care, sender->about, event->at);
  return !event->encounter ? NULL : event->visit ? "said" : "only";
}

int event_feedback(struct event_in *event) {
  struct value item = value_field(&event->body, "item"), key, field;
  struct value_iter iter = value_iterate(&item);
  struct merge merge = {0};
  struct sender sender = find_sender(event, &item);
  while (value_next(&iter, &key, &field)) {
    char name[48] = "";
    memcpy(name, key.text.data, key.text.len < 47 ? key.text.len : 47);
    if (strcmp(name, "sender") && strcmp(name, "attachments"))
      merge_value(&merge, name, &field);
  }
  if (sender.about) merge_int(&merge, "about", sender.about);
  case_new_number(event->care, event->number);
  merge_text(&merge, "number", event->number);
  merge_text(&merge, "sure", sender.about ? sender.sure : NULL);
  event->patient = sender.person;
  merge_text(&merge, "stay_sure", find_stay(event, &sender));
  event_tell(event, "feedback", &merge);
  struct value files = value_field(&item, "attachments");
  return attachment_keep(event->care, event->number, "sender", &files, event->status);
}
