#include "care/patient.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/enrollment.h"
#include "care/identity.h"
#include "care/mapping.h"
#include "care/message.h"
#include "care/prefer.h"
#include "care/task.h"

struct given {  // a patient map's texts; owned
  char *mrn, *name, *birth, *sex, *language, *dialect, *disclosure, *address;
};

static void given_read(const struct value *map, struct given *given) {
  *given = (struct given){
      value_copy_field(map, "mrn"),        value_copy_field(map, "name"),
      value_copy_field(map, "birth"),      value_copy_field(map, "sex"),
      value_copy_field(map, "language"),   value_copy_field(map, "dialect"),
      value_copy_field(map, "disclosure"), value_copy_field(map, "address")};
}

static void given_deinit(struct given *given) {
  char **all[] = {&given->mrn,      &given->name,    &given->birth,      &given->sex,
                  &given->language, &given->dialect, &given->disclosure, &given->address};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) mem_free(*all[i]);
}

int64_t patient_by_mrn(struct care *care, const char *mrn) {
  return identity_find(care->store, "mrn", mrn);
}

static int64_t make(struct care *care, const struct given *given) {
  int64_t patient = person_new(care->store, "patient");
  store_exec(care->store,
             "INSERT INTO patient (id, birth, sex, language, dialect, disclosure, "
             "created_at) VALUES "
             "(?1,?2,?3,coalesce(?4,'zh'),?5,coalesce(?6,'undecided'),?7)",
             "ittttti", patient, given->birth, given->sex, given->language,
             given->dialect, given->disclosure, kernel_now(care->kernel));
  identity_add(care->store, patient, "mrn", given->mrn, 1, NULL);
  if (given->name) identity_add(care->store, patient, "name", given->name, 1, NULL);
  if (given->address)
    identity_add(care->store, patient, "address", given->address, 1, NULL);
  contact_add_self(care, patient);
  return patient;
}

// Names are the same whatever the spaces in them.
static bool same_name(const char *a, const char *b) {
  for (;;) {
    while (*a == ' ') a++;
    while (*b == ' ') b++;
    if (!strncmp(a, "\xE3\x80\x80", 3))
      a += 3;
    else if (!strncmp(b, "\xE3\x80\x80", 3))
      b += 3;
    else if (*a != *b)
      return false;
    else if (!*a)
      return true;
    else
      a++, b++;
  }
}

// Another person under this number would get somebody else's messages.
static int check_same(struct care *care, int64_t patient, const struct given *given,
                      bool correct, struct status *status) {
  char *name = given->name ? store_text(care->store,
                                        "SELECT value FROM identity WHERE person=?1 AND "
                                        "kind='name' LIMIT 1",
                                        "i", patient)
                           : NULL;
  char *birth =
      given->birth
          ? store_text(care->store, "SELECT birth FROM patient WHERE id=?1", "i", patient)
          : NULL;
  bool other_name = name && !same_name(name, given->name);
  bool other_birth = birth && strcmp(birth, given->birth) != 0;
  free(name);
  free(birth);
  if (other_name && other_birth)
    return status_fail(status, ERR_CONFLICT,
                       "fields \"patient.name\" and \"patient.birth\" both differ from "
                       "those known under this mrn: this may be another person; check "
                       "\"patient.mrn\"");
  if (correct || (!other_name && !other_birth)) return OK;
  return status_fail(status, ERR_CONFLICT,
                     "field \"patient.%s\" differs from the one known under this mrn; "
                     "check \"patient.mrn\", or correct it by an event of kind patient",
                     other_name ? "name" : "birth");
}

static void update(struct care *care, int64_t patient, const struct given *given) {
  store_exec(
      care->store,
      "UPDATE patient SET birth=coalesce(?2,birth), sex=coalesce(?3,sex), "
      "language=coalesce(?4,language), dialect=coalesce(?5,dialect), "
      "disclosure=coalesce(?6,disclosure), revision=revision+1, updated_at=?7 WHERE "
      "id=?1",
      "ittttti", patient, given->birth, given->sex, given->language, given->dialect,
      given->disclosure, kernel_now(care->kernel));
  identity_set(care->store, patient, "name", given->name);
  identity_set(care->store, patient, "address", given->address);
}

static bool number_is_new(struct care *care, int64_t patient,
                          const struct phones *phones) {
  return phones->count &&
         !store_int(
             care->store, 0,
             "SELECT 1 FROM identity WHERE person=?1 AND kind='phone' AND value=?2", "it",
             patient, phones->list[0]);
}

static const char *put_numbers(struct care *care, int64_t patient, bool newcomer,
                               const struct value *map, bool replace) {
  struct value contacts = value_field(map, "contacts");
  struct phones phones;
  phones_read(map, &phones);
  if (!newcomer && number_is_new(care, patient, &phones))
    contact_number_changed(care, patient);
  const char *flag = newcomer
                         ? identity_add_phones(care->store, patient, &phones)
                         : identity_set_phones(care->store, patient, &phones, replace);
  const char *other = contact_put_all(care, patient, newcomer, &contacts, replace);
  identity_set_email(care->store, patient, map, replace);
  struct value prefers = value_field(map, "prefers");
  prefer_set(care, patient, patient, &prefers);
  const char *shared = identity_flag_shared(care->store, &phones);
  phones_deinit(&phones);
  return flag ? flag : shared ? shared : other;
}

static int check_birth(struct care *care, const struct given *given,
                       struct status *status) {
  int64_t days;
  if (!given->birth || !civil_parse_date(given->birth, strlen(given->birth), &days) ||
      days * CIVIL_DAY_MS <= kernel_now(care->kernel) + CIVIL_DAY_MS)
    return OK;
  return status_fail(status, ERR_INVALID,
                     "field \"patient.birth\" lies in the future; check the year");
}

int patient_put(struct care *care, const struct value *map, bool correct, bool replace,
                struct patient_in *out, struct status *status) {
  struct given given;
  given_read(map, &given);
  int code = check_birth(care, &given, status);
  *out = (struct patient_in){.id = code ? 0 : patient_by_mrn(care, given.mrn)};
  if (out->id) {
    code = check_same(care, out->id, &given, correct, status);
    if (!code && value_count(map) > 1) update(care, out->id, &given);
  } else if (!code) {
    out->id = make(care, &given);
    out->newcomer = true;
  }
  if (!code) out->flag = put_numbers(care, out->id, out->newcomer, map, replace);
  given_deinit(&given);
  return code;
}

// A late notice may move the time; what ended stays ended.
static bool known_dead(struct care *care, int64_t patient, int64_t at) {
  int64_t died = store_int(
      care->store, 0, "SELECT died_at FROM patient WHERE id=?1 AND died_at IS NOT NULL",
      "i", patient);
  if (!died) return false;
  if (at < died)
    store_exec(care->store, "UPDATE patient SET died_at=?2, updated_at=?3 WHERE id=?1",
               "iii", patient, at, kernel_now(care->kernel));
  return true;
}

void patient_died(struct care *care, int64_t patient, int64_t at, const char *source) {
  struct buf body = {0}, object = {0};
  struct value view;
  if (known_dead(care, patient, at)) return;
  store_exec(
      care->store,
      "UPDATE patient SET died_at=?2, inpatient=0, revision=revision+1, updated_at=?3 "
      "WHERE id=?1",
      "iii", patient, at, kernel_now(care->kernel));
  enrollment_end_all(care, patient, "death");
  message_cancel_for_patient(care, patient, "death");
  task_withdraw_for_patient(care, patient, "death");
  alert_close_for_patient(care, patient, "death");
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "source", source);
  mapping_end(&map);
  value_read(body.data, body.len, &view);
  event_record(care, patient, "death", at, 0, 0, &view);
  buf_printf(&object, "patient:%lld", (long long)patient);
  care_audit(care, source, "death", object.data, NULL);
  buf_deinit(&body);
  buf_deinit(&object);
}
