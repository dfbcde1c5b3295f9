#include "care/wards.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "care/binding.h"

static const char *text_or_none(const char *text) { return text ? text : ""; }

// What is over WARDS_MOST is counted with the last one; no hospital has so many.
static struct ward *ward_of(struct wards *wards, const char *department,
                            const char *name) {
  for (int i = 0; i < wards->count; i++)
    if (!strcmp(wards->list[i].name, name) &&
        !strcmp(wards->list[i].department, department))
      return &wards->list[i];
  if (wards->count == WARDS_MOST) return &wards->list[WARDS_MOST - 1];
  struct ward *ward = &wards->list[wards->count++];
  *ward = (struct ward){.department = ""};
  snprintf(ward->department, sizeof ward->department, "%s", department);
  snprintf(ward->name, sizeof ward->name, "%s", name);
  return ward;
}

static void add(struct ward_count *count, struct stmt *row) {
  count->stays++;
  count->proved += stmt_int(row, 2);
  count->bound += stmt_int(row, 3);
}

static struct ward *ward_of_row(struct wards *wards, struct stmt *row) {
  return ward_of(wards, text_or_none(stmt_text(row, 0)), text_or_none(stmt_text(row, 1)));
}

#define COLUMNS                                                                  \
  "e.department, e.ward, " WARDS_PROVED                                          \
  ", EXISTS (SELECT 1 FROM contact c JOIN identity i ON i.person=c.person WHERE" \
  " c.patient=e.patient AND i.kind='wechat' AND coalesce(i.flag,'')<>'void' "    \
  "AND " BINDING_STANDS("c.patient", "c.person", "i.id") ")"
#define SEEN "(?1 IS NULL OR e.department IN (SELECT value FROM json_each(?1)))"

static void count_in_bed(struct store *store, const char *departments, int64_t now,
                         struct wards *out) {
  struct stmt *row =
      store_query(store,
                  "SELECT " COLUMNS
                  " FROM encounter e WHERE e.status='in' AND"
                  " e.admitted_at>?2 AND " SEEN,
                  "ti", departments, now - WARD_STAY_DAYS * (int64_t)CIVIL_DAY_MS);
  while (stmt_row(row)) add(&ward_of_row(out, row)->in_bed, row);
  stmt_done(row);
}

// Back from the newest event to the day: as many as those days brought.
static void count_left(struct store *store, const char *departments, int64_t since,
                       struct wards *out) {
  struct stmt *row = store_query(
      store,
      "SELECT " COLUMNS
      ", d.recorded_at FROM event d JOIN encounter e ON"
      " e.id=d.encounter JOIN patient p ON p.id=e.patient WHERE d.kind='discharge' AND"
      " e.status='out' AND p.died_at IS NULL AND " SEEN " ORDER BY d.id DESC",
      "t", departments);
  while (stmt_row(row) && stmt_int(row, 4) >= since)
    add(&ward_of_row(out, row)->left, row);
  stmt_done(row);
}

void wards_count(struct store *store, const char *departments, int64_t now,
                 int64_t left_since, struct wards *out) {
  out->count = 0;
  count_in_bed(store, departments, now, out);
  if (left_since != INT64_MAX) count_left(store, departments, left_since, out);
}
