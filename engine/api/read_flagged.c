// Phone numbers that somebody must look at, with the reason and the remedy (WARD 10).
#include <string.h>

#include "api/access.h"
#include "api/read_wards.h"
#include "base/civil.h"
#include "base/mask.h"
#include "care/phone.h"
#include "care/wards.h"

// Numbers of one flag, or of all but landlines; for "unproved" those of patients in a bed
// of whom none is proved. A head for each index.
#define NUMBER_COLUMNS                                                               \
  "SELECT i.id, min(c.patient), i.person, c.relation, i.value, i.flag, i.proved_at," \
  " (SELECT count(DISTINCT o.patient) FROM identity s JOIN contact o ON"             \
  " o.person=s.person WHERE s.value=i.value AND s.kind='phone')"
#define NUMBER_FILTER \
  " AND i.kind='phone' AND i.id>?1 AND " ACCESS_PATIENT("c.patient", "3", "4") \
  " AND (?5 IS NULL OR EXISTS (SELECT 1 FROM encounter w WHERE w.patient=c.patient AND" \
  " w.ward=?5)) GROUP BY i.id ORDER BY i.id LIMIT ?2"

static struct stmt *flagged(struct list *list, const char *flag, const char *ward) {
  return store_query(list->call->care->store,
                     NUMBER_COLUMNS
                     " FROM identity i JOIN contact c ON c.person=i.person WHERE i.flag"
                     " IS NOT NULL AND (i.flag=?6 OR (?6 IS NULL AND"
                     " i.flag<>'landline'))" NUMBER_FILTER,
                     "iititt", list->after, list->limit + 1,
                     access_departments(list->call), kernel_now(list->call->care->kernel),
                     ward, flag);
}

static struct stmt *unproved(struct list *list, const char *ward) {
  int64_t now = kernel_now(list->call->care->kernel);
  return store_query(list->call->care->store,
                     NUMBER_COLUMNS
                     " FROM encounter e JOIN contact c ON c.patient=e.patient JOIN"
                     " identity i ON i.person=c.person WHERE e.status='in' AND"
                     " e.admitted_at>?6 AND NOT " WARDS_PROVED NUMBER_FILTER,
                     "iititi", list->after, list->limit + 1,
                     access_departments(list->call), now, ward,
                     now - WARD_STAY_DAYS * (int64_t)CIVIL_DAY_MS);
}

static void put_item(struct call *call, struct json *json, struct stmt *row) {
  struct buf shown = {0};
  const char *words = phone_flag_words(stmt_text(row, 5));
  if (caller_may(call->caller, SCOPE_CONTACTS))
    buf_puts(&shown, stmt_text(row, 4));
  else
    mask_number(stmt_text(row, 4), &shown);
  json_open(json, '{');
  call_put_id(call, json, "id", 'n', stmt_int(row, 0));
  call_put_id(call, json, "patient", 'p', stmt_int(row, 1));
  call_put_id(call, json, "person", 'c', stmt_int(row, 2));
  json_key(json, "relation");
  json_text(json, stmt_text(row, 3));
  json_key(json, "value");
  json_text(json, buf_text(&shown));
  json_key(json, "flag");
  json_text(json, stmt_text(row, 5));
  json_key(json, "proved_at");
  json_time(json, stmt_int(row, 6), care_site_zone(call->care));
  json_key(json, "patients");
  json_int(json, stmt_int(row, 7));
  json_key(json, "remedy");
  json_text(json, words ? words : "ring it at the bedside, or send it a code");
  json_close(json, '}');
  buf_deinit(&shown);
}

void read_flagged(struct call *call) {
  struct list list;
  bool bad = false;
  const char *flag = call_filter_word(call, "flag",
                                      "void placeholder shared landline unproved", &bad),
             *ward = bad ? NULL : call_filter(call, "ward", &bad);
  if (bad || !list_begin(&list, call, 'n')) return;
  struct stmt *row = flag && !strcmp(flag, "unproved") ? unproved(&list, ward)
                                                       : flagged(&list, flag, ward);
  while (list_row(&list, row)) put_item(call, &list.json, row);
  stmt_done(row);
  list_end(&list);
}
