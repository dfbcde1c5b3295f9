#include "care/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/span.h"
#include "care/case.h"
#include "care/figures.h"
#include "care/mapping.h"
#include "care/series.h"

int facts_age_of(struct care *care, const char *birth, int64_t at) {
  int64_t days;
  int age = -1;
  if (birth && civil_parse_date(birth, strlen(birth), &days)) {
    struct civil now = zone_civil(care_site_zone(care), at), born = {0};
    civil_set_days(&born, days);
    bool before =
        now.month < born.month || (now.month == born.month && now.day < born.day);
    age = now.year - born.year - (before ? 1 : 0);
  }
  return age;
}

int facts_age(struct care *care, int64_t patient, int64_t at) {
  char *birth =
      store_text(care->store, "SELECT birth FROM patient WHERE id=?1", "i", patient);
  int age = facts_age_of(care, birth, at);
  free(birth);
  return age;
}

static void put_patient(const struct subject *subject, struct buf *out) {
  struct care *care = subject->care;
  int age = facts_age(care, subject->patient, kernel_now(care->kernel));
  struct stmt *row = store_query(care->store,
                                 "SELECT sex, language, dialect, disclosure, stays, "
                                 "inpatient FROM patient WHERE id=?1",
                                 "i", subject->patient);
  struct mapping map = mapping_begin(out);
  if (stmt_row(row)) {
    if (age >= 0) mapping_int(&map, "age", age);
    mapping_text(&map, "dialect", stmt_text(row, 2));
    mapping_text(&map, "disclosure", stmt_text(row, 3));
    mapping_bool(&map, "inpatient", stmt_int(row, 5));
    mapping_text(&map, "language", stmt_text(row, 1));
    mapping_text(&map, "sex", stmt_text(row, 0));
    if (!stmt_null(row, 4)) mapping_int(&map, "stays", stmt_int(row, 4));
  }
  stmt_done(row);
  mapping_end(&map);
}

enum { CODED_MOST = 100, CODED_KINDS = 3 };

struct coded_list {
  const char *kind, *name;
  struct buf items;
  size_t begun;
  uint32_t count;
};

static void put_coded(struct stmt *row, struct coded_list *list) {
  struct mapping map = mapping_begin(&list->items);
  mapping_text(&map, "code", stmt_text(row, 1));
  mapping_text(&map, "name", stmt_text(row, 2));
  mapping_end(&map);
  list->count++;
}

// All that is known by now of its stay, or of the patient when it names none.
static void put_clinical(const struct subject *subject, int64_t encounter,
                         struct merge *merge) {
  struct coded_list lists[CODED_KINDS] = {
      {"procedure", "procedures"}, {"diagnosis", "diagnoses"}, {"drug", "drugs"}};
  struct stmt *rows = store_query(subject->care->store,
                                  "SELECT kind, code, name FROM clinical WHERE patient=?1"
                                  " AND withdrawn_at IS NULL"
                                  " AND (?2=0 OR encounter=?2 OR encounter IS NULL) "
                                  "ORDER BY id",
                                  "ii", subject->patient, encounter);
  for (int i = 0; i < CODED_KINDS; i++)
    lists[i].begun = value_begin_list(&lists[i].items);
  while (stmt_row(rows))
    for (int i = 0; i < CODED_KINDS; i++)
      if (lists[i].count < CODED_MOST && !strcmp(stmt_text(rows, 0), lists[i].kind))
        put_coded(rows, &lists[i]);
  stmt_done(rows);
  for (int i = 0; i < CODED_KINDS; i++) {
    value_end(&lists[i].items, lists[i].begun, lists[i].count);
    merge_encoded(merge, lists[i].name, &lists[i].items);
    buf_deinit(&lists[i].items);
  }
}

// The event's own fields first, then what is known by now of its stay: codes come late
// (WARD 21).
static void put_event(const struct subject *subject, struct buf *out) {
  struct store *store = subject->care->store;
  struct stmt *row = store_query(
      store,
      "SELECT event.kind, event.at, event.body, event.encounter, department, ward, "
      "leaving FROM event "
      "LEFT JOIN encounter ON encounter.id = event.encounter WHERE event.id=?1",
      "i", subject->event);
  if (!stmt_row(row)) {
    stmt_done(row);
    value_put_nil(out);
    return;
  }
  struct merge merge = {0};
  size_t len;
  const char *body = stmt_bytes(row, 2, &len);
  merge_bytes(&merge, body, len);
  merge_text(&merge, "kind", stmt_text(row, 0));
  merge_int(&merge, "at", stmt_int(row, 1));
  merge_text(&merge, "department", stmt_text(row, 4));
  merge_text(&merge, "ward", stmt_text(row, 5));
  merge_text(&merge, "leaving", stmt_text(row, 6));
  int64_t encounter = stmt_int(row, 3);
  stmt_done(row);
  put_clinical(subject, encounter, &merge);
  merge_end(&merge, out);
}

static void put_enrollment_text(const struct subject *subject, const char *sql,
                                struct buf *out) {
  struct stmt *row = store_query(subject->care->store, sql, "i", subject->enrollment);
  if (stmt_row(row) && stmt_text(row, 0))
    value_put_text(out, stmt_text(row, 0));
  else
    value_put_nil(out);
  stmt_done(row);
}

static void put_anchor(const struct subject *subject, struct buf *out) {
  int64_t at =
      store_int(subject->care->store, 0, "SELECT anchor_at FROM enrollment WHERE id=?1",
                "i", subject->enrollment);
  if (at)
    value_put_int(out, at);
  else
    value_put_nil(out);
}

static void put_today(const struct subject *subject, struct buf *out) {
  struct civil now = zone_civil(care_zone(subject->care, subject->department),
                                kernel_now(subject->care->kernel));
  char day[16];
  snprintf(day, sizeof day, "%04d-%02d-%02d", (int)now.year, (int)now.month,
           (int)now.day);
  value_put_text(out, day);
}

void facts_field(const struct subject *subject, const char *name, struct buf *out) {
  if (!strcmp(name, "patient"))
    put_patient(subject, out);
  else if (!strcmp(name, "event"))
    put_event(subject, out);
  else if (!strcmp(name, "figures"))
    figures_put(subject->care, subject->department, out);
  else if (!strcmp(name, "today"))
    put_today(subject, out);
  else if (!strcmp(name, "anchor"))
    put_anchor(subject, out);
  else if (!strcmp(name, "tier"))
    put_enrollment_text(subject, "SELECT tier FROM enrollment WHERE id=?1", out);
  else if (!strcmp(name, "pathway"))
    put_enrollment_text(subject, "SELECT pathway FROM enrollment WHERE id=?1", out);
  else if (case_is_field(name))
    case_field(subject->care, subject->enrollment, subject->event, name, out);
  else
    value_put_nil(out);
}

// Facts are read before anything is applied, so that the kernel's state says whether they
// still hold.
const struct buf *facts_seen(const struct subject *subject, const char *name) {
  struct care *care = subject->care;
  bool event = !strcmp(name, "event");
  struct seen *seen = event ? &care->seen_event : &care->seen_patient;
  int64_t id = event ? subject->event : subject->patient,
          state = kernel_state(care->kernel);
  if (seen->id != id || seen->state != state) {
    buf_clear(&seen->body);
    facts_field(subject, name, &seen->body);
    seen->id = id;
    seen->state = state;
  }
  return &seen->body;
}

static int read_enrollments(const struct subject *subject, struct buf *out) {
  struct stmt *rows =
      store_query(subject->care->store,
                  "SELECT pathway, tier, enrolled_at FROM enrollment WHERE patient=?1 "
                  "AND status<>'ended' ORDER BY id LIMIT 32",
                  "i", subject->patient);
  size_t list = value_begin_list(out);
  uint32_t count = 0;
  for (; stmt_row(rows); count++) {
    struct mapping map = mapping_begin(out);
    mapping_text(&map, "pathway", stmt_text(rows, 0));
    mapping_int(&map, "since", stmt_int(rows, 2));
    mapping_text(&map, "tier", stmt_text(rows, 1));
    mapping_end(&map);
  }
  stmt_done(rows);
  value_end(out, list, count);
  return OK;
}

// Those of the last week and those to come.
static int read_appointments(const struct subject *subject, struct buf *out) {
  struct stmt *rows = store_query(
      subject->care->store,
      "SELECT source_id, at, department, status FROM appointment WHERE patient=?1 AND "
      "at>=?2 ORDER BY at, id LIMIT 32",
      "ii", subject->patient, kernel_now(subject->care->kernel) - 7 * CIVIL_DAY_MS);
  size_t list = value_begin_list(out);
  uint32_t count = 0;
  for (; stmt_row(rows); count++) {
    struct mapping map = mapping_begin(out);
    mapping_int(&map, "at", stmt_int(rows, 1));
    mapping_text(&map, "department", stmt_text(rows, 2));
    mapping_text(&map, "id", stmt_text(rows, 0));
    mapping_text(&map, "status", stmt_text(rows, 3));
    mapping_end(&map);
  }
  stmt_done(rows);
  value_end(out, list, count);
  return OK;
}

// What was told of deliveries, as the events told it.
static int read_deliveries(const struct subject *subject, struct buf *out) {
  struct stmt *rows = store_query(subject->care->store,
                                  "SELECT body FROM (SELECT id, body FROM event WHERE "
                                  "patient=?1 AND kind='delivery' ORDER BY id DESC LIMIT "
                                  "32) ORDER BY id",
                                  "i", subject->patient);
  size_t list = value_begin_list(out), len;
  uint32_t count = 0;
  for (; stmt_row(rows); count++) {
    const char *body = stmt_bytes(rows, 0, &len);
    buf_put(out, body, len);
  }
  stmt_done(rows);
  value_end(out, list, count);
  return OK;
}

int facts_read(const struct subject *subject, const char *code,
               const struct value *options, struct buf *out, struct status *status) {
  if (!strcmp(code, "enrollments")) return read_enrollments(subject, out);
  if (!strcmp(code, "appointments")) return read_appointments(subject, out);
  if (!strcmp(code, "deliveries")) return read_deliveries(subject, out);
  return series_read(subject, code, options, out, status);
}

void facts_silences(const struct subject *subject, const char *form, struct buf *out) {
  value_put_int(
      out, store_int(subject->care->store, 0,
                     "SELECT count FROM silence WHERE enrollment=?1 AND form=?2", "it",
                     subject->enrollment, form));
}

int facts_time(const struct subject *subject, const char *when, int64_t base,
               int64_t *out, struct status *status) {
  struct care *care = subject->care;
  struct span span;
  if (span_parse(when, &span, status)) return status->code;
  return span_add(
      base ? base : kernel_now(care->kernel), &span, care_zone(care, subject->department),
      catalog_calendar(care->catalog, subject->department, NULL), out, status);
}

// How long until a new task of this post is done: those before it, at the pace of the
// last four hours.
void facts_estimate(const struct subject *subject, const char *role, struct buf *out) {
  struct care *care = subject->care;
  int64_t now = kernel_now(care->kernel), span = 4 * (int64_t)CIVIL_HOUR_MS;
  const struct calendar *hours =
      catalog_role_calendar(care->catalog, subject->department, role);
  if (hours && !worktime_is_open(hours, care_zone(care, subject->department), now)) {
    value_put_text(out, "closed");
    return;
  }
  int64_t queue = store_int(
      care->store, 0,
      "SELECT count(*) FROM task WHERE role=?1 AND status IN ('open','held')", "t", role);
  int64_t done = store_int(
      care->store, 0,
      "SELECT count(*) FROM task WHERE role=?1 AND status='done' AND closed_at>?2", "ti",
      role, now - span);
  if (!done)
    value_put_text(out, "unknown");
  else
    value_put_int(out, (queue + 1) * (span / done));
}
