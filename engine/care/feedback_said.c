#include "care/feedback_said.h"

#include "base/civil.h"
#include "base/mem.h"
#include "care/case.h"
#include "care/contact.h"
#include "care/enrollment.h"
#include "care/identity.h"
#include "care/mapping.h"
#include "care/phone.h"

void feedback_said(struct care *care, const struct feedback_said *said) {
  struct merge none = {0}, *merge = said->more ? said->more : &none;
  char number[CASE_NUMBER_SIZE];
  struct buf body = {0};
  struct value view;
  case_new_number(care, number);
  if (said->about) merge_int(merge, "about", said->about);
  merge_text(merge, "channel", said->channel);
  merge_text(merge, "number", number);
  merge_text(merge, "sure", said->about ? said->sure : NULL);
  merge_text(merge, "text", said->text);
  merge_text(merge, "stay_sure", said->encounter ? said->stay_sure : NULL);
  merge_end(merge, &body);
  value_read(body.data, body.len, &view);
  event_record(care, said->sender, "feedback", said->at, said->encounter, 0, &view);
  buf_deinit(&body);
}

void feedback_addressable(struct care *care, int64_t person) {
  if (store_int(care->store, 0, "SELECT 1 FROM patient WHERE id=?1", "i", person)) return;
  store_exec(care->store, "INSERT INTO patient (id, created_at) VALUES (?1,?2)", "ii",
             person, kernel_now(care->kernel));
  contact_add_self(care, person);
}

int64_t feedback_stranger(struct care *care, const struct value *sender) {
  int64_t person = person_new(care->store, "patient");
  char *name = value_copy_field(sender, "name"),
       *wechat = value_copy_field(sender, "wechat");
  struct phones phones;
  if (name) identity_add(care->store, person, "name", name, 1, NULL);
  if (wechat) identity_add(care->store, person, "wechat", wechat, 1, NULL);
  phones_read(sender, &phones);
  identity_add_phones(care->store, person, &phones);
  phones_deinit(&phones);
  feedback_addressable(care, person);
  mem_free(name);
  mem_free(wechat);
  return person;
}

int64_t feedback_about(struct care *care, const char *kind, const char *value) {
  return store_int(care->store, 0,
                   "SELECT CASE count(DISTINCT c.patient) WHEN 1 THEN max(c.patient) ELSE"
                   " 0 END FROM identity i JOIN contact c ON c.person=i.person JOIN"
                   " identity m ON m.person=c.patient AND m.kind='mrn' WHERE i.value=?2"
                   " AND i.kind=?1 AND coalesce(i.flag,'') NOT IN ('void','placeholder')",
                   "tt", kind, value);
}

int64_t feedback_stay(struct care *care, int64_t patient, int64_t at) {
  return store_int(care->store, 0,
                   "SELECT CASE count(*) WHEN 1 THEN max(id) ELSE 0 END FROM encounter"
                   " WHERE patient=?1 AND coalesce(discharged_at, ?2)>=?2 AND"
                   " status<>'cancelled'",
                   "ii", patient, at - 31 * (int64_t)CIVIL_DAY_MS);
}
