#include "care/follow_up_count.h"

#include <string.h>

#include "base/civil.h"
#include "care/follow_up_figure.h"
#include "care/follow_up_quality.h"
#include "care/row_time.h"
#include "care/task.h"

enum { READMISSION_DAYS = 31, LATE_DAYS = 45, PLACES = 4, AT_ONCE = 500 };

struct counting {
  struct store *store;
  const struct follow_up_period *period;
  struct follow_up_counters counters;
};

struct stay {
  int64_t id, patient, ended_at;
  int places[PLACES];  // all, department, ward; pathway while one is looked at
  int count;
};

struct found {  // of one enrollment, or of all of a stay
  bool attempted, answered, lost, refused, complicated;
};

static void add(struct counting *counting, const struct stay *stay,
                enum follow_up_figure figure, int64_t number) {
  for (int i = 0; i < stay->count; i++)
    counting->counters.list[stay->places[i]].figures[figure] += number;
}

static void add_to(struct counting *counting, int place, enum follow_up_figure figure) {
  if (place) counting->counters.list[place].figures[figure]++;
}

static int person(struct counting *counting, const char *who) {
  return follow_up_counter_of(&counting->counters, "person", who);
}

// --- the work of one enrollment

// A number that is nobody's, or somebody else's, is the registration's fault: it counts
// against no caller.
static bool is_bad_number(const char *code) {
  return !strcmp(code, "void") || !strcmp(code, "wrong-person");
}

static void count_call(struct counting *counting, const struct stay *stay,
                       struct stmt *row, struct found *found) {
  const char *code = stmt_text(row, 0);
  const struct result_code *result = result_code_find(code);
  int who = person(counting, stmt_text(row, 1));
  found->attempted = true;
  if (is_bad_number(code)) {
    add(counting, stay, FOLLOW_BAD_NUMBERS, 1);
    return;
  }
  if (!result || !result->attempt) return;
  add(counting, stay, FOLLOW_CALLS, 1);
  add_to(counting, who, FOLLOW_CALLS);
  if (!result->spoke) return;
  add(counting, stay, FOLLOW_CONNECTED, 1);
  add_to(counting, who, FOLLOW_CONNECTED);
}

static void count_calls(struct counting *counting, const struct stay *stay,
                        int64_t enrollment, struct found *found) {
  struct stmt *row =
      store_query(counting->store,
                  "SELECT c.code, c.by_who FROM call c JOIN task t ON t.id=c.task WHERE"
                  " c.patient=?1 AND t.enrollment=?2",
                  "ii", stay->patient, enrollment);
  while (stmt_row(row)) count_call(counting, stay, row, found);
  stmt_done(row);
}

// Done before its time, of those that were done or whose time is over.
static void count_task(struct counting *counting, const struct stay *stay,
                       struct stmt *row, struct found *found) {
  const char *code = stmt_text(row, 0), *who = stmt_text(row, 1);
  bool done = stmt_int(row, 2) != 0, late = stmt_int(row, 3) != 0;
  found->lost |= code && !strcmp(code, "lost");
  found->refused |= code && !strcmp(code, "refused");
  if (!done && !late) return;
  int place = done ? person(counting, who) : 0;
  add(counting, stay, FOLLOW_TASKS, 1);
  add_to(counting, place, FOLLOW_TASKS);
  if (late) return;
  add(counting, stay, FOLLOW_TIMELY, 1);
  add_to(counting, place, FOLLOW_TIMELY);
}

static void count_tasks(struct counting *counting, const struct stay *stay,
                        int64_t enrollment, struct found *found) {
  struct stmt *row = store_query(
      counting->store,
      "SELECT code, closed_by, status='done', overdue_at IS NOT NULL FROM task WHERE"
      " patient=?1 AND enrollment=?2 AND due_at IS NOT NULL",
      "ii", stay->patient, enrollment);
  while (stmt_row(row)) count_task(counting, stay, row, found);
  stmt_done(row);
}

static void count_answers(struct counting *counting, const struct stay *stay,
                          int64_t enrollment, struct found *found) {
  struct stmt *row = store_query(
      counting->store,
      "SELECT count(*), total(by_kind IN ('patient','family')) FROM answer WHERE"
      " patient=?1 AND enrollment=?2",
      "ii", stay->patient, enrollment);
  if (stmt_row(row)) {
    found->answered |= stmt_int(row, 0) > 0;
    add(counting, stay, FOLLOW_ANSWERS, stmt_int(row, 0));
    add(counting, stay, FOLLOW_BY_PAGE, (int64_t)stmt_real(row, 1));
  }
  stmt_done(row);
}

static void count_alert(struct counting *counting, const struct stay *stay,
                        struct stmt *row, struct found *found) {
  int who = person(counting, stmt_text(row, 0));
  int64_t took = stmt_int(row, 2);
  add(counting, stay, FOLLOW_ALERTS, 1);
  add_to(counting, who, FOLLOW_ALERTS);
  if (stmt_int(row, 1)) {
    add(counting, stay, FOLLOW_ACTED, 1);
    add_to(counting, who, FOLLOW_ACTED);
    found->complicated |= stmt_int(row, 3) != 0;
  }
  if (stmt_null(row, 2)) return;
  add(counting, stay, FOLLOW_ACKNOWLEDGED, 1);
  add_to(counting, who, FOLLOW_ACKNOWLEDGED);
  for (int i = 0; i < stay->count; i++)
    buf_put(&counting->counters.list[stay->places[i]].ack, &took, sizeof took);
  if (who) buf_put(&counting->counters.list[who].ack, &took, sizeof took);
}

static void count_alerts(struct counting *counting, const struct stay *stay,
                         int64_t enrollment, struct found *found) {
  struct stmt *row = store_query(
      counting->store,
      "SELECT acknowledged_by, acted_at IS NOT NULL, acknowledged_at-opened_at, answer IS"
      " NOT NULL OR run IS NOT NULL FROM alert WHERE patient=?1 AND enrollment=?2 AND "
      "task"
      " IS NULL",
      "ii", stay->patient, enrollment);
  while (stmt_row(row)) count_alert(counting, stay, row, found);
  stmt_done(row);
}

static bool was_sent(struct counting *counting, const struct stay *stay,
                     int64_t enrollment) {
  return store_int(counting->store, 0,
                   "SELECT 1 FROM message WHERE patient=?1 AND enrollment=?2 AND"
                   " kind<>'page' AND accepted_at IS NOT NULL LIMIT 1",
                   "ii", stay->patient, enrollment) != 0;
}

static void add_found(struct counting *counting, const struct stay *stay,
                      const struct found *found) {
  add(counting, stay, FOLLOW_COVERED, found->attempted || found->answered);
  add(counting, stay, FOLLOW_EFFECTIVE, found->answered);
  add(counting, stay, FOLLOW_LOST, found->lost);
  add(counting, stay, FOLLOW_REFUSED, found->refused);
  add(counting, stay, FOLLOW_COMPLICATED, found->complicated);
}

// Bookings after the stay whose day has come.
static void count_visits(struct counting *counting, const struct stay *stay) {
  struct stmt *row =
      store_query(counting->store,
                  "SELECT count(*), total(status='done') FROM appointment"
                  " WHERE patient=?1 AND at>=?2 AND at<?3 AND"
                  " status<>'cancelled'",
                  "iii", stay->patient, stay->ended_at, counting->period->now);
  if (stmt_row(row)) {
    add(counting, stay, FOLLOW_BOOKED, stmt_int(row, 0));
    add(counting, stay, FOLLOW_CAME, (int64_t)stmt_real(row, 1));
  }
  stmt_done(row);
}

// Planned or not, as the new stay says, else as the end of the one before foresaw. An
// unplanned one tells of the stay whatever else came; of what nobody said nothing is
// guessed.
static void count_readmission(struct counting *counting, const struct stay *stay) {
  int64_t until = stay->ended_at + READMISSION_DAYS * (int64_t)CIVIL_DAY_MS;
  struct stmt *row = store_query(
      counting->store,
      "SELECT count(*), total(p=0), total(p IS NULL) FROM (SELECT coalesce(e.planned,"
      " (SELECT return_planned FROM encounter WHERE id=?2)) AS p FROM encounter e WHERE"
      " patient=?1 AND id<>?2 AND status<>'cancelled' AND admitted_at>=?3 AND"
      " admitted_at<?4)",
      "iiii", stay->patient, stay->id, stay->ended_at, until);
  if (stmt_row(row) && stmt_int(row, 0)) {
    bool unplanned = stmt_real(row, 1) > 0;
    add(counting, stay, FOLLOW_READMITTED, 1);
    add(counting, stay, FOLLOW_READMITTED_UNPLANNED, unplanned);
    add(counting, stay, FOLLOW_READMITTED_UNKNOWN, !unplanned && stmt_real(row, 2) > 0);
  }
  stmt_done(row);
}

// Its calls, tasks and alerts count for the pathway too; whether the patient was reached,
// once for each pathway.
static void count_enrollment(struct counting *counting, const struct stay *stay,
                             struct stmt *row, struct found *all) {
  struct found found = {0};
  struct stay of = *stay;
  int64_t enrollment = stmt_int(row, 0);
  int place = follow_up_counter_of(&counting->counters, "pathway", stmt_text(row, 1));
  if (place) of.places[of.count++] = place;
  found.attempted = was_sent(counting, stay, enrollment);
  count_calls(counting, &of, enrollment, &found);
  count_tasks(counting, &of, enrollment, &found);
  count_answers(counting, &of, enrollment, &found);
  count_alerts(counting, &of, enrollment, &found);
  if (place) {
    struct stay own = {.id = stay->id,
                       .patient = stay->patient,
                       .ended_at = stay->ended_at,
                       .places = {place},
                       .count = 1};
    add(counting, &own, FOLLOW_DISCHARGES, 1);
    add(counting, &own, FOLLOW_DUE, 1);
    count_readmission(counting, &own);
    count_visits(counting, &own);
    add_found(counting, &own, &found);
  }
  all->attempted |= found.attempted;
  all->answered |= found.answered;
  all->lost |= found.lost;
  all->refused |= found.refused;
  all->complicated |= found.complicated;
}

// --- one stay

static void count_follow_up(struct counting *counting, const struct stay *stay) {
  struct found found = {0};
  struct stmt *row = store_query(
      counting->store,
      "SELECT id, pathway FROM enrollment e WHERE patient=?1 AND encounter=?2 AND NOT"
      " EXISTS (SELECT 1 FROM case_file WHERE enrollment=e.id)",
      "ii", stay->patient, stay->id);
  while (stmt_row(row)) count_enrollment(counting, stay, row, &found);
  stmt_done(row);
  add(counting, stay, FOLLOW_DUE, 1);
  add_found(counting, stay, &found);
}

static void count_stay(struct counting *counting, struct stmt *row) {
  static const enum follow_up_figure fates[] = {FOLLOW_DUE, FOLLOW_DEATHS,
                                                FOLLOW_TRANSFERS,
                                                FOLLOW_READMITTED_BEFORE, FOLLOW_LISTED};
  struct follow_up_counters *counters = &counting->counters;
  struct stay stay = {.id = stmt_int(row, 0),
                      .patient = stmt_int(row, 1),
                      .ended_at = stmt_int(row, 4),
                      .count = 1};
  int department = follow_up_counter_of(counters, "department", stmt_text(row, 2)),
      ward = follow_up_counter_of(counters, "ward", stmt_text(row, 3)),
      fate = (int)stmt_int(row, 5);
  if (department) stay.places[stay.count++] = department;
  if (ward) stay.places[stay.count++] = ward;
  add(counting, &stay, FOLLOW_DISCHARGES, 1);
  if (fate != 1) count_readmission(counting, &stay);
  if (fate) {
    add(counting, &stay, fates[fate], 1);
    return;
  }
  count_follow_up(counting, &stay);
  count_visits(counting, &stay);
}

// --- all of them

#define BEGAN                                                                     \
  "(SELECT min(run.started_at) FROM enrollment e JOIN run ON run.enrollment=e.id" \
  " WHERE e.patient=s.patient AND e.encounter=s.id AND run.kind='step')"
// Before any step of a follow-up began.
#define BACK_BEFORE                                                                \
  "EXISTS (SELECT 1 FROM encounter r WHERE r.patient=s.patient AND r.id<>s.id AND" \
  " r.status<>'cancelled' AND r.admitted_at>=s.discharged_at AND"                  \
  " r.admitted_at<coalesce(" BEGAN ", r.admitted_at+1))"

// A stay once, by the last that was told of its end.
static void count_part(struct counting *counting, int64_t first, int64_t end) {
  const struct follow_up_period *period = counting->period;
  struct stmt *row = store_query(
      counting->store,
      "SELECT s.id, s.patient, s.department, s.ward, s.discharged_at, CASE WHEN"
      " leaving='death' OR died_at<coalesce(" BEGAN
      ", died_at+1) THEN 1 WHEN leaving='transfer' THEN 2 WHEN " BACK_BEFORE
      " THEN 3 WHEN leaving='against-advice' OR disputed_at IS NOT NULL THEN 4 ELSE 0 END"
      " FROM event d JOIN encounter s ON s.id=coalesce(d.encounter, (SELECT max(x.id)"
      " FROM encounter x WHERE x.patient=d.patient AND x.leaving='death')) JOIN patient p"
      " ON p.id=s.patient WHERE d.id>=?1 AND d.id<?2 AND (d.kind='discharge' OR"
      " d.kind='death' AND s.leaving='death') AND s.status='out' AND s.discharged_at>=?3"
      " AND s.discharged_at<?4 AND (?5 IS NULL OR s.department IN (SELECT value FROM"
      " json_each(?5))) AND NOT EXISTS (SELECT 1 FROM event l WHERE l.patient=d.patient"
      " AND l.encounter=s.id AND l.id>d.id AND (l.kind='discharge' OR l.kind='death'))",
      "iiiit", first, end, period->from, period->to, period->departments);
  while (stmt_row(row)) count_stay(counting, row);
  stmt_done(row);
}

// Events of the hospital's systems, and those that could not be taken as they came:
// nobody's department, so only who sees all sees them.
static void count_entries(struct counting *counting) {
  const struct follow_up_period *period = counting->period;
  int64_t *figures = counting->counters.list[0].figures,
          first = row_at(counting->store, ROWS_INBOX, period->from),
          end = row_at(counting->store, ROWS_INBOX, period->to);
  for (; first < end; first += AT_ONCE * 10) {
    int64_t until = first + AT_ONCE * 10 < end ? first + AT_ONCE * 10 : end;
    struct stmt *row = store_query(counting->store,
                                   "SELECT count(*), total(state=2) FROM inbox WHERE"
                                   " id>=?1 AND id<?2 AND kind='event'",
                                   "ii", first, until);
    if (stmt_row(row)) {
      figures[FOLLOW_ENTRIES] += stmt_int(row, 0);
      figures[FOLLOW_REFUSED_ENTRIES] += (int64_t)stmt_real(row, 1);
    }
    stmt_done(row);
  }
}

// The end of a stay may be told late, by a list.
void follow_up_count(struct store *store, const struct follow_up_period *period,
                     struct buf *out) {
  struct counting counting = {.store = store, .period = period};
  follow_up_counters_init(&counting.counters);
  int64_t end = row_at(store, ROWS_EVENT, period->to + LATE_DAYS * (int64_t)CIVIL_DAY_MS);
  for (int64_t id = row_at(store, ROWS_EVENT, period->from); id < end; id += AT_ONCE) {
    store_begin_read(store);
    count_part(&counting, id, id + AT_ONCE < end ? id + AT_ONCE : end);
    store_end_read(store);
  }
  if (!period->departments) count_entries(&counting);
  follow_up_quality_count(store, period, &counting.counters);
  follow_up_counters_put(&counting.counters, out);
  follow_up_counters_deinit(&counting.counters);
}
