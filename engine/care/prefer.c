#include "care/prefer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/contact.h"
#include "care/facts.h"
#include "care/inbox_field.h"

enum { ELDER_AGE = 75, CHANNELS = 16, NOT_WANTED = 1000 };

const char *const prefer_channels[] = {"wechat", "sms", "phone", "email", "app", NULL};

static int elder_age(struct care *care, const char *department) {
  struct value body = catalog_department(care->catalog, department),
               age = value_field(&body, "elder_age");
  return (int)value_int_or(&age, ELDER_AGE);
}

void preference_init(struct preference *out, struct care *care, const char *department,
                     int age, const char *wants) {
  *out = (struct preference){.elder = age >= elder_age(care, department)};
  snprintf(out->wants, sizeof out->wants, "%s", wants ? wants : "");
}

int64_t preference_find(struct preference *out, struct care *care, const char *department,
                        int64_t patient, const char *audience) {
  bool family = strcmp(audience, "family") == 0;
  struct stmt *row =
      family ? store_query(care->store,
                           "SELECT person, prefers FROM contact WHERE patient=?1 AND"
                           " person<>?1 ORDER BY position, person LIMIT 1",
                           "i", patient)
             : store_query(care->store,
                           "SELECT person, prefers FROM contact WHERE patient=?1 AND"
                           " (proxy=1 OR person=?1) ORDER BY proxy DESC, position,"
                           " person LIMIT 1",
                           "i", patient);
  bool found = stmt_row(row);
  int64_t person = found ? stmt_int(row, 0) : family ? 0 : patient;
  char *wants = found ? mem_copy_text(stmt_text(row, 1)) : NULL;
  stmt_done(row);
  int age = person == patient ? facts_age(care, patient, kernel_now(care->kernel)) : -1;
  preference_init(out, care, department, age, wants);
  mem_free(wants);
  return person;
}

static int place_in(const char *list, const char *channel, size_t len) {
  int place = 0;
  for (const char *at = list; *at; place++) {
    size_t own = strcspn(at, ",");
    if (own == len && memcmp(at, channel, len) == 0) return place;
    at += own + (at[own] == ',');
  }
  return -1;
}

int preference_rank(const struct preference *preference, const char *channel,
                    size_t len) {
  bool call = len == 4 && memcmp(channel, "call", 4) == 0;  // a rung by phone
  int wanted = call ? place_in(preference->wants, "phone", 5)
                    : place_in(preference->wants, channel, len);
  if (preference->wants[0]) return wanted < 0 ? NOT_WANTED : wanted;
  return preference->elder && place_in("sms,call,phone", channel, len) < 0;
}

struct ranked {
  const char *at;
  size_t len;
  int rank, place;
};

static int by_rank(const void *a, const void *b) {
  const struct ranked *first = a, *second = b;
  if (first->rank != second->rank) return first->rank < second->rank ? -1 : 1;
  return first->place - second->place;
}

void preference_sort(const struct preference *preference, const char *list, char *out,
                     size_t size) {
  struct ranked all[CHANNELS] = {0};
  int count = 0;
  size_t used = 0;
  for (const char *at = list; *at && count < CHANNELS;) {
    size_t len = strcspn(at, ",");
    all[count] = (struct ranked){at, len, preference_rank(preference, at, len), count};
    count++;
    at += len + (at[len] == ',');
  }
  qsort(all, (size_t)count, sizeof *all, by_rank);
  for (int i = 0; i < count && used + all[i].len + 2 < size; i++)
    used += (size_t)snprintf(out + used, size - used, "%s%.*s", i ? "," : "",
                             (int)all[i].len, all[i].at);
  out[used] = 0;
}

void prefer_set(struct care *care, int64_t patient, int64_t person,
                const struct value *list) {
  struct buf words = {0};
  struct value_iter iter = value_iterate(list);
  struct value word;
  if (list->kind == VALUE_NIL) return;
  while (value_next(&iter, NULL, &word))
    if (word.kind == VALUE_TEXT)
      buf_printf(&words, "%s%.*s", words.len ? "," : "", (int)word.text.len,
                 word.text.data);
  if (person == patient) contact_add_self(care, patient);
  store_exec(care->store, "UPDATE contact SET prefers=?3 WHERE patient=?1 AND person=?2",
             "iit", patient, person, words.len ? words.data : NULL);
  buf_deinit(&words);
}

static bool is_channel(const struct value *word) {
  for (const char *const *known = prefer_channels; *known; known++)
    if (value_is(word, *known)) return true;
  return false;
}

// An empty table arrives as a map.
static bool are_channels(const struct value *list) {
  struct value_iter iter = value_iterate(list);
  struct value word;
  if (list->kind != VALUE_LIST) return list->kind == VALUE_MAP && value_count(list) == 0;
  while (value_next(&iter, NULL, &word))
    if (!is_channel(&word)) return false;
  return value_count(list) <= PREFER_MOST;
}

static void audit(struct care *care, const char *by, int64_t patient, int64_t person) {
  struct buf object = {0}, detail = {0};
  buf_printf(&object, "patient:%lld", (long long)patient);
  buf_printf(&detail, "contact %lld", (long long)person);
  care_audit(care, by, "prefer", object.data, detail.data);
  buf_deinit(&object);
  buf_deinit(&detail);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct value list = value_field(&row->body, "channels"),
               who = value_field(&row->body, "person");
  int64_t patient, person;
  char *by = NULL;
  if (field_id(&row->body, "patient", &patient, status) ||
      field_text(&row->body, "by", 100, &by, status))
    return status->code;
  person = value_int_or(&who, patient);
  if (!are_channels(&list))
    status_fail(
        status, ERR_INVALID,
        "field \"channels\": must be a list of wechat, sms, phone, email, app; an "
        "empty one takes the wish back");
  else if (person != patient &&
           !store_int(care->store, 0,
                      "SELECT 1 FROM contact WHERE patient=?1 AND person=?2", "ii",
                      patient, person))
    status_fail(status, ERR_NOT_FOUND, "this person is no contact of this patient");
  if (!status->code) {
    prefer_set(care, patient, person, &list);
    audit(care, by ? by : "patient", patient, person);
  }
  mem_free(by);
  return status->code;
}

void prefer_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "prefer", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
