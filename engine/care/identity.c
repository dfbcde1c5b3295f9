#include "care/identity.h"

#include <string.h>

#include "base/mem.h"
#include "care/phone.h"

enum { SHARED_BY = 3 };  // patients that one number may serve unremarked (WARD 10)

int64_t person_new(struct store *store, const char *kind) {
  store_exec(store, "INSERT INTO person (kind) VALUES (?1)", "t", kind);
  return store_last_id(store);
}

int64_t identity_find(struct store *store, const char *kind, const char *value) {
  return store_int(store, 0,
                   "SELECT person FROM identity WHERE value=?1 AND kind=?2 LIMIT 1", "tt",
                   value, kind);
}

void identity_add(struct store *store, int64_t person, const char *kind,
                  const char *value, int position, const char *flag) {
  store_exec(store,
             "INSERT INTO identity (person, kind, value, position, flag) VALUES "
             "(?1,?2,?3,?4,?5)",
             "ittit", person, kind, value, (int64_t)position, flag);
}

void identity_set(struct store *store, int64_t person, const char *kind,
                  const char *value) {
  if (!value) return;
  int changed =
      store_exec(store, "UPDATE identity SET value=?3 WHERE person=?1 AND kind=?2", "itt",
                 person, kind, value);
  if (!changed) identity_add(store, person, kind, value, 1, NULL);
}

// A new row, not a new value: tries and flags belong to the address that they were of. An
// empty one takes it away.
void identity_set_email(struct store *store, int64_t person, const struct value *map,
                        bool replace) {
  struct value field = value_field(map, "email");
  char *email = value_copy_text(&field);
  if (!email || (!*email && !replace)) {
    mem_free(email);
    return;
  }
  store_exec(store, "DELETE FROM identity WHERE person=?1 AND kind='email' AND value<>?2",
             "it", person, email);
  if (*email &&
      !store_int(store, 0, "SELECT 1 FROM identity WHERE person=?1 AND kind='email'", "i",
                 person))
    identity_add(store, person, "email", email, 1, NULL);
  mem_free(email);
}

static void phones_put(struct phones *phones, const struct value *value) {
  if (value->kind != VALUE_TEXT || phones->count == IDENTITY_PHONES) return;
  for (int i = 0; i < phones->count; i++)
    if (value_is(value, phones->list[i])) return;
  phones->list[phones->count++] = value_copy_text(value);
}

void phones_read(const struct value *map, struct phones *out) {
  struct value one = value_field(map, "phone"), list = value_field(map, "phones"),
               none = value_field(map, "no_phone"), item;
  struct value_iter iter = value_iterate(&list);
  *out = (struct phones){0};
  phones_put(out, &one);
  while (value_next(&iter, NULL, &item)) phones_put(out, &item);
  out->none = !out->count && value_true(&none);
}

void phones_deinit(struct phones *phones) {
  for (int i = 0; i < phones->count; i++) mem_free(phones->list[i]);
  phones->count = 0;
}

static void make_room(struct store *store, int64_t person, const struct phones *phones,
                      bool replace) {
  if (replace)
    store_exec(store,
               "DELETE FROM identity WHERE person=?1 AND kind='phone' AND value NOT IN "
               "(?2,?3,?4,?5,?6,?7)",
               "itttttt", person, phones->list[0],
               phones->count > 1 ? phones->list[1] : "",
               phones->count > 2 ? phones->list[2] : "",
               phones->count > 3 ? phones->list[3] : "",
               phones->count > 4 ? phones->list[4] : "",
               phones->count > 5 ? phones->list[5] : "");
  else
    store_exec(
        store,
        "UPDATE identity SET position=position+?2 WHERE person=?1 AND kind='phone'", "ii",
        person, (int64_t)phones->count);
}

static const char *worse(const char *a, const char *b) {
  static const char *const order[] = {"void", "placeholder", "shared", "landline"};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    if ((a && !strcmp(a, order[i])) || (b && !strcmp(b, order[i]))) return order[i];
  return NULL;
}

static bool has_phone(struct store *store, int64_t person) {
  return store_int(store, 0,
                   "SELECT 1 FROM identity WHERE person=?1 AND kind='phone' LIMIT 1", "i",
                   person);
}

const char *identity_add_phones(struct store *store, int64_t person,
                                const struct phones *phones) {
  const char *worst = NULL;
  for (int i = 0; i < phones->count; i++) {
    const char *flag = phone_flag(phones->list[i]);
    worst = worse(worst, flag);
    identity_add(store, person, "phone", phones->list[i], i + 1, flag);
  }
  return worst;
}

const char *identity_set_phones(struct store *store, int64_t person,
                                const struct phones *phones, bool replace) {
  const char *worst = NULL;
  if (replace && phones->none)
    store_exec(store, "DELETE FROM identity WHERE person=?1 AND kind='phone'", "i",
               person);
  if (!phones->count) return NULL;
  if (!has_phone(store, person)) return identity_add_phones(store, person, phones);
  make_room(store, person, phones, replace);
  for (int i = 0; i < phones->count; i++) {
    const char *flag = phone_flag(phones->list[i]);
    worst = worse(worst, flag);
    int known = store_exec(store,
                           "UPDATE identity SET position=?3 WHERE person=?1 AND "
                           "kind='phone' AND value=?2",
                           "iti", person, phones->list[i], (int64_t)i + 1);
    if (!known) identity_add(store, person, "phone", phones->list[i], i + 1, flag);
  }
  return worst;
}

// Most numbers serve one patient or two: telling patients apart is for the rest.
static bool is_shared(struct store *store, const char *phone) {
  int64_t holders = store_int(
      store, 0,
      "SELECT count(*) FROM (SELECT 1 FROM identity JOIN contact ON "
      "contact.person=identity.person WHERE value=?1 AND kind='phone' LIMIT ?2)",
      "ti", phone, (int64_t)SHARED_BY + 1);
  if (holders <= SHARED_BY) return false;
  return store_int(
             store, 0,
             "SELECT count(*) FROM (SELECT DISTINCT contact.patient FROM identity JOIN "
             "contact ON contact.person=identity.person WHERE value=?1 AND kind='phone' "
             "LIMIT ?2)",
             "ti", phone, (int64_t)SHARED_BY + 1) > SHARED_BY;
}

const char *identity_flag_shared(struct store *store, const struct phones *phones) {
  const char *found = NULL;
  for (int i = 0; i < phones->count; i++) {
    const char *flag = phone_flag(phones->list[i]);
    if ((flag && strcmp(flag, "landline")) || !is_shared(store, phones->list[i]))
      continue;
    found = "shared";
    store_exec(store,
               "UPDATE identity SET flag='shared' WHERE value=?1 AND kind='phone' AND "
               "flag IS NULL",
               "t", phones->list[i]);
  }
  return found;
}
