// An item of feedback came: whom it is from, and whom it is about.
#include <string.h>

#include "base/mem.h"
#include "care/attachment.h"
#include "care/case.h"
#include "care/contact.h"
#include "care/event_apply.h"
#include "care/identity.h"
#include "care/mapping.h"
#include "care/phone.h"

struct sender {
  int64_t person, about;
  const char *sure;  // how it is known whom it is about
};

static char *text_of(const struct value *map, const char *name) {
  struct value field = value_field(map, name);
  return value_copy_text(&field);
}

void event_sender(struct care *care, int64_t person) {
  if (store_int(care->store, 0, "SELECT 1 FROM patient WHERE id=?1", "i", person)) return;
  store_exec(care->store, "INSERT INTO patient (id, created_at) VALUES (?1,?2)", "ii",
             person, kernel_now(care->kernel));
  contact_add_self(care, person);
}

static int64_t stranger(struct event_in *event, const struct value *sender) {
  struct care *care = event->care;
  int64_t person = person_new(care->store, "patient");
  char *name = text_of(sender, "name"), *wechat = text_of(sender, "wechat");
  struct phones phones;
  store_exec(care->store, "INSERT INTO patient (id, created_at) VALUES (?1,?2)", "ii",
             person, kernel_now(care->kernel));
  if (name) identity_add(care->store, person, "name", name, 1, NULL);
  if (wechat) identity_add(care->store, person, "wechat", wechat, 1, NULL);
  phones_read(sender, &phones);
  identity_add_phones(care->store, person, &phones);
  phones_deinit(&phones);
  contact_add_self(care, person);
  mem_free(name);
  mem_free(wechat);
  return person;
}

// One patient, or none: of whom the person is, or is a contact.
static int64_t only_patient(struct care *care, int64_t person) {
  int64_t count = 0, found = 0;
  struct stmt *rows =
      store_query(care->store,
                  "SELECT DISTINCT patient FROM contact JOIN patient ON "
                  "patient.id=contact.patient JOIN identity ON "
                  "identity.person=contact.patient AND identity.kind='mrn' "
                  "WHERE contact.person=?1 LIMIT 2",
                  "i", person);
  for (; stmt_row(rows); count++) found = stmt_int(rows, 0);
  stmt_done(rows);
  return count == 1 ? found : 0;
}

static struct sender find_sender(struct event_in *event, const struct value *item) {
  struct care *care = event->care;
  struct value given = value_field(item, "sender"), flag = value_field(item, "anonymous");
  char *phone = text_of(&given, "phone"), *wechat = text_of(&given, "wechat");
  struct sender out = {event->patient, event->patient, "mrn"};
  if (value_true(&flag)) {
    out = (struct sender){stranger(event, &(struct value){.kind = VALUE_NIL}), 0, NULL};
  } else if (!event->patient) {
    int64_t person = phone ? identity_find(care->store, "phone", phone) : 0;
    if (!person && wechat) person = identity_find(care->store, "wechat", wechat);
    out.about = person ? only_patient(care, person) : 0;
    out.sure = !out.about ? NULL : phone ? "phone" : "wechat";
    out.person = person ? person : stranger(event, &given);
    event_sender(care, out.person);
  }
  mem_free(phone);
  mem_free(wechat);
  return out;
}

// The stay that it is about when there is no doubt: said, or the only one of the last
// month.
static void find_stay(struct event_in *event, const struct sender *sender) {
  struct care *care = event->care;
  int64_t since = event->at - 31 * (int64_t)CIVIL_DAY_MS;
  if (event->visit || !sender->about) return;
  int64_t count = store_int(care->store, 0,
                            "SELECT count(*) FROM encounter WHERE patient=?1 AND "
                            "coalesce(discharged_at, ?2)>=?2 AND status<>'cancelled'",
                            "ii", sender->about, since);
  if (count == 1)
    event->encounter =
        store_int(care->store, 0,
                  "SELECT id FROM encounter WHERE patient=?1 AND "
                  "coalesce(discharged_at, ?2)>=?2 AND status<>'cancelled'",
                  "ii", sender->about, since);
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
  if (sender.about && sender.about != sender.person)
    merge_int(&merge, "about", sender.about);
  if (sender.about == sender.person) merge_int(&merge, "about", sender.about);
  case_new_number(event->care, event->number);
  merge_text(&merge, "number", event->number);
  merge_text(&merge, "sure", sender.about ? sender.sure : NULL);
  event->patient = sender.person;
  if (event->visit && sender.about)
    event->encounter = store_int(event->care->store, 0,
                                 "SELECT id FROM encounter WHERE visit=?1 AND patient=?2",
                                 "ti", event->visit, sender.about);
  find_stay(event, &sender);
  event_tell(event, "feedback", &merge);
  struct value files = value_field(&item, "attachments");
  return attachment_keep(event->care, event->number, "sender", &files, event->status);
}
