#include "care/contact.h"

#include <string.h>

#include "base/mem.h"
#include "care/identity.h"
#include "care/prefer.h"

enum { CONTACTS = 8 };

void contact_add_self(struct care *care, int64_t patient) {
  store_exec(care->store,
             "INSERT INTO contact (patient, person, relation, position) VALUES "
             "(?1,?1,'self',1) ON CONFLICT (patient, person) DO NOTHING",
             "i", patient);
}

// Among the patient's own contacts a name is enough, also after a new number; without one
// the number, without either the e-mail address.
static int64_t find_own(struct care *care, int64_t patient, const char *name,
                        const struct phones *phones, const char *email) {
  const char *kind = name ? "name" : phones->count ? "phone" : "email";
  const char *value = name ? name : phones->count ? phones->list[0] : email;
  return value ? store_int(care->store, 0,
                           "SELECT contact.person FROM contact JOIN identity ON "
                           "identity.person=contact.person AND kind=?2 WHERE patient=?1 "
                           "AND value=?3 AND relation<>'self' LIMIT 1",
                           "itt", patient, kind, value)
               : 0;
}

// Somebody's contact already: the same name under the same number.
static int64_t find_others(struct care *care, const char *name,
                           const struct phones *phones) {
  if (!name || !phones->count) return 0;
  return store_int(care->store, 0,
                   "SELECT phone.person FROM identity phone JOIN identity name ON "
                   "name.person=phone.person AND name.kind='name' AND name.value=?2 "
                   "WHERE phone.value=?1 AND phone.kind='phone' AND "
                   "coalesce(phone.flag,'')<>'placeholder' LIMIT 1",
                   "tt", phones->list[0], name);
}

void contact_number_changed(struct care *care, int64_t person) {
  store_exec(care->store,
             "UPDATE contact SET wrong_number_at=NULL, unreachable_at=NULL WHERE "
             "person=?1 AND (wrong_number_at IS NOT NULL OR unreachable_at IS NOT NULL)",
             "i", person);
}

static bool has_phone(struct care *care, int64_t person, const char *phone) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM identity WHERE person=?1 AND kind='phone' AND value=?2",
                   "it", person, phone);
}

static void link(struct care *care, int64_t patient, int64_t person,
                 const struct value *item, int position) {
  struct value relation = value_field(item, "relation"),
               proxy = value_field(item, "proxy");
  char *word = value_copy_text(&relation);
  store_exec(
      care->store,
      "INSERT INTO contact (patient, person, relation, position, proxy) VALUES "
      "(?1,?2,coalesce(?3,'other'),?4,coalesce(?5,0)) ON CONFLICT (patient, person) DO "
      "UPDATE SET position=excluded.position, relation=coalesce(?3,relation), "
      "proxy=coalesce(?5,proxy)",
      proxy.kind == VALUE_BOOL ? "iitii" : "iitin", patient, person, word,
      (int64_t)position, (int64_t)value_true(&proxy));
  mem_free(word);
}

// One listed contact (first: the patient has none yet); its person, 0 when the list says
// nothing of him or means the patient.
static int64_t put(struct care *care, int64_t patient, bool first,
                   const struct value *item, int position, bool replace,
                   const char **flag) {
  struct value field = value_field(item, "name");
  char *name = value_copy_text(&field);
  struct phones phones;
  phones_read(item, &phones);
  struct value mail = value_field(item, "email");
  char *email = value_is(&mail, "") ? NULL : value_copy_text(&mail);  // "" names nobody
  int64_t person = name || phones.count || email ? 0 : patient;
  if (!person && !first) person = find_own(care, patient, name, &phones, email);
  if (!person) person = find_others(care, name, &phones);
  bool fresh = !person;
  if (fresh) {
    person = person_new(care->store, "contact");
    if (name) identity_add(care->store, person, "name", name, 1, NULL);
  }
  if (person != patient) {
    if (!fresh && phones.count && !has_phone(care, person, phones.list[0]))
      contact_number_changed(care, person);
    *flag = fresh ? identity_add_phones(care->store, person, &phones)
                  : identity_set_phones(care->store, person, &phones, replace);
    identity_set_email(care->store, person, item, replace);
    link(care, patient, person, item, position);
    struct value prefers = value_field(item, "prefers");
    prefer_set(care, patient, person, &prefers);
    const char *shared = identity_flag_shared(care->store, &phones);
    if (!*flag) *flag = shared;
  }
  mem_free(name);
  mem_free(email);
  phones_deinit(&phones);
  return person == patient ? 0 : person;
}

static void drop_others(struct care *care, int64_t patient, const int64_t *kept,
                        int count) {
  struct stmt *rows = store_query(
      care->store,
      "SELECT person FROM contact WHERE patient=?1 AND relation<>'self' AND "
      "opted_out_at IS NULL AND opted_out_of IS NULL AND NOT EXISTS (SELECT 1 "
      "FROM binding b WHERE b.patient=?1 AND b.person=contact.person AND "
      "b.ended_at IS NULL)",
      "i", patient);
  int64_t gone[64];
  int found = 0;
  while (found < 64 && stmt_row(rows)) {
    bool keep = false;
    for (int i = 0; i < count; i++) keep = keep || kept[i] == stmt_int(rows, 0);
    if (!keep) gone[found++] = stmt_int(rows, 0);
  }
  stmt_done(rows);
  for (int i = 0; i < found; i++)
    store_exec(care->store, "DELETE FROM contact WHERE patient=?1 AND person=?2", "ii",
               patient, gone[i]);
}

const char *contact_put_all(struct care *care, int64_t patient, bool newcomer,
                            const struct value *list, bool replace) {
  struct value_iter iter = value_iterate(list);
  struct value item;
  const char *worst = NULL;
  int64_t kept[CONTACTS];
  int count = 0;
  for (int at = 0; count < CONTACTS && value_next(&iter, NULL, &item); at++) {
    const char *flag = NULL;
    int64_t person =
        put(care, patient, newcomer && !count, &item, at + 2, replace, &flag);
    if (person) kept[count++] = person;
    if (flag && !worst) worst = flag;
  }
  if (replace && list->kind == VALUE_LIST) drop_others(care, patient, kept, count);
  return worst;
}

void contact_number_wrong(struct care *care, int64_t patient, int64_t person,
                          int64_t identity, const char *by) {
  struct buf note = {0};
  store_exec(care->store,
             "UPDATE identity SET flag='void', proved_at=NULL WHERE (?2=0 AND id=?1) OR "
             "(?2>0 AND "
             "person=?2 AND EXISTS"
             " (SELECT 1 FROM identity i WHERE i.id=?1 AND i.value=identity.value AND"
             " i.kind=identity.kind))",
             "ii", identity, person);
  store_exec(
      care->store,
      "UPDATE contact SET wrong_number_at=?3 WHERE patient=?1 AND person="
      "(CASE WHEN ?4>0 THEN ?4 ELSE (SELECT person FROM identity WHERE id=?2) END) AND"
      " NOT EXISTS (SELECT 1 FROM identity i WHERE i.person=contact.person AND"
      " i.kind='phone' AND coalesce(i.flag,'') NOT IN ('void','placeholder'))",
      "iiii", patient, identity, kernel_now(care->kernel), person);
  buf_printf(&note, "a number is wrong: %s", by);
  store_exec(care->store, "INSERT INTO note (patient, at, text) VALUES (?1,?2,?3)", "iit",
             patient, kernel_now(care->kernel), note.data);
  buf_deinit(&note);
}
