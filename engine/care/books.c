#include "care/books.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "care/plan.h"

enum { OCCURRENCES_MOST = 1000 };

#define SEEN "(?1 IS NULL OR department IN (SELECT value FROM json_each(?1)))"
#define COUNT(sql) store_int(store, 0, "SELECT count(*) " sql " AND " SEEN, "t", seen)

static void read_words(struct stmt *row, struct books_line *out) {
  for (int i = 0; i < BOOKS_WORDS - 1 && stmt_row(row); i++) {
    const char *word = stmt_text(row, 0);
    snprintf(out[i].word, sizeof out[i].word, "%s", word && *word ? word : "-");
    out[i].count = stmt_int(row, 1);
  }
  stmt_done(row);
}

#define WORDS(column, from, out)                                               \
  read_words(store_query(store,                                                \
                         "SELECT " column ", count(*) FROM " from " AND " SEEN \
                         " GROUP BY 1 ORDER BY 2 DESC, 1",                     \
                         "t", seen),                                           \
             out)

static void count_enrollments(struct store *store, const char *seen, struct books *out) {
  out->patients = store_int(store, 0, "SELECT count(*) FROM patient", "");
  out->enrolled = COUNT("FROM enrollment WHERE 1");
  WORDS("status", "enrollment WHERE 1", out->enrollments);
}

static void count_steps(struct store *store, const char *seen, struct books *out) {
  out->started = COUNT("FROM run WHERE kind='step'");
  out->skipped = COUNT("FROM skip JOIN enrollment e ON e.id=skip.enrollment WHERE 1");
  out->twice = COUNT(
      "FROM skip JOIN run ON run.enrollment=skip.enrollment AND run.name=skip.step AND"
      " run.day=skip.day WHERE 1");
  WORDS("CASE WHEN result<>'' THEN status || ':' || result ELSE status END",
        "run WHERE kind='step'", out->runs);
  WORDS("reason", "skip JOIN enrollment e ON e.id=skip.enrollment WHERE 1", out->skips);
}

static void count_words(struct store *store, const char *seen, struct books *out) {
  out->sent = COUNT("FROM message WHERE kind<>'page' AND accepted_at IS NOT NULL");
  out->answered = COUNT("FROM answer WHERE by_kind IN ('patient','family')");
  out->flagged = COUNT("FROM answer WHERE level IS NOT NULL");
  out->silent = COUNT("FROM question WHERE status='lapsed'");
  WORDS("status", "message WHERE 1", out->messages);
  WORDS("reason", "message WHERE status='suppressed'", out->suppressed);
}

static void count_work(struct store *store, const char *seen, struct books *out) {
  out->alerts = COUNT("FROM alert WHERE 1");
  out->acknowledged = COUNT("FROM alert WHERE acknowledged_at IS NOT NULL");
  out->open_alerts = COUNT("FROM alert WHERE status<>'closed'");
  out->tasks = COUNT("FROM task WHERE 1");
  out->tasks_done = COUNT("FROM task WHERE status='done'");
  out->tasks_open = COUNT("FROM task WHERE status IN ('open','held')");
  out->tasks_overdue = COUNT("FROM task WHERE status='open' AND overdue_at IS NOT NULL");
  out->ack_p50_ms =
      store_int(store, 0,
                "SELECT acknowledged_at-opened_at FROM alert WHERE acknowledged_at IS "
                "NOT NULL AND " SEEN " ORDER BY 1 LIMIT 1 OFFSET ?2",
                "ti", seen, out->acknowledged / 2);
}

// Every promise with a time has its row among the due (class and kind as in kernel.h).
static void count_forgotten(struct store *store, const char *seen, struct books *out) {
  out->forgotten =
      COUNT(
          "FROM enrollment WHERE status='active' AND next_at IS NOT NULL AND NOT EXISTS"
          " (SELECT 1 FROM due WHERE class=5 AND at=next_at AND kind=7 AND"
          " ref=enrollment.id)") +
      COUNT(
          "FROM run WHERE status IN ('ready','waiting') AND due_at IS NOT NULL AND NOT"
          " EXISTS (SELECT 1 FROM due WHERE class=2 AND at=due_at AND kind=2 AND"
          " ref=run.id)") +
      COUNT(
          "FROM alert WHERE status<>'closed' AND NOT EXISTS (SELECT 1 FROM due WHERE"
          " class=0 AND at=next_at AND kind=0 AND ref=alert.id)") +
      COUNT(
          "FROM message WHERE status IN ('planned','held') AND due_at IS NOT NULL AND"
          " NOT EXISTS (SELECT 1 FROM due WHERE class IN (0,3) AND at=due_at AND kind=3"
          " AND ref=message.id)");
}

// Only enrollments that have known one schedule: what a later version added to the past
// is never made up.
#define ONE_SCHEDULE                                                            \
  "enrolled_at >= coalesce((SELECT activated_at FROM bundle WHERE active=1 AND" \
  " bundle.department=enrollment.department), 0)"

static void list_newest(struct store *store, const char *seen, struct books *out) {
  struct stmt *row = store_query(store,
                                 "SELECT id FROM enrollment WHERE " SEEN
                                 " AND " ONE_SCHEDULE " ORDER BY id DESC LIMIT ?2",
                                 "ti", seen, (int64_t)BOOKS_RECOUNT);
  while (stmt_row(row)) {
    int64_t id = stmt_int(row, 0);
    buf_put(&out->newest, &id, sizeof id);
  }
  stmt_done(row);
}

typedef void count_group(struct store *store, const char *seen, struct books *out);

// A reader keeps the log from being emptied for as long as it looks at one moment.
static void count_at_once(struct store *store, const char *seen, count_group *group,
                          struct books *out) {
  store_begin_read(store);
  group(store, seen, out);
  if (!store_in_transaction(store) || store_broken(store)) out->failed = true;
  store_end_read(store);
}

void books_count(struct store *store, const char *departments, const atomic_bool *stop,
                 struct books *out) {
  static count_group *const groups[] = {count_enrollments, count_steps,     count_words,
                                        count_work,        count_forgotten, list_newest};
  *out = (struct books){0};
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
    if (!out->failed && !(stop && atomic_load(stop)))
      count_at_once(store, departments, groups[i], out);
}

static bool is_tiered(const struct schedule_step *step) {
  for (size_t i = 0; i < step->tier_count; i++)
    if (step->tiers[i].tier) return true;
  return false;
}

static bool is_booked(struct care *care, int64_t enrollment, const char *step,
                      const char *day) {
  return store_int(care->store, 0,
                   "SELECT EXISTS (SELECT 1 FROM run WHERE enrollment=?1 AND name=?2 AND"
                   " day=?3) OR EXISTS (SELECT 1 FROM skip WHERE enrollment=?1 AND"
                   " step=?2 AND day=?3 AND patient=(SELECT patient FROM enrollment WHERE"
                   " id=?1))",
                   "itt", enrollment, step, day) != 0;
}

// Since it was listed, a new version may have come.
static bool has_one_schedule(struct care *care, int64_t enrollment) {
  return store_int(care->store, 0,
                   "SELECT 1 FROM enrollment WHERE id=?1 AND " ONE_SCHEDULE, "i",
                   enrollment) != 0;
}

// Goes through the schedule again; what depends on the tier of that day can't be.
static int64_t recount(struct care *care, int64_t id) {
  struct enrollment enrollment;
  struct plan plan;
  struct status status = {0};
  struct schedule_occurrence next;
  int64_t missing = 0;
  if (!enrollment_load(care->store, id, &enrollment)) return 0;
  struct schedule_cursor cursor = {enrollment.enrolled_at, SIZE_MAX};
  plan_init(care, &enrollment, &plan);
  for (int i = 0; plan.schedule && i < OCCURRENCES_MOST; i++) {
    if (schedule_next(plan.schedule, &plan.plan, &cursor, &next, &status) ||
        next.due_ms > enrollment.cursor_at)
      break;
    const struct schedule_step *step = &plan.schedule->steps[next.step];
    if (!is_tiered(step) && !is_booked(care, id, step->id, next.key)) missing++;
  }
  enrollment_deinit(&enrollment);
  return missing;
}

static bool recount_next(struct care *care, struct books *books) {
  int64_t id;
  if (books->next == books->newest.len) return false;
  memcpy(&id, books->newest.data + books->next, sizeof id);
  books->next += sizeof id;
  if (has_one_schedule(care, id)) {
    books->missing += recount(care, id);
    books->recounted++;
  }
  return true;
}

bool books_recount(struct care *care, int64_t ms, struct books *books) {
  int64_t until = clock_steady_ms() + ms;
  while (recount_next(care, books))
    if (ms && clock_steady_ms() >= until) return true;
  books->due = books->started + books->skipped - books->twice + books->missing;
  books->balanced =
      !books->failed && !books->forgotten && !books->twice && !books->missing;
  return false;
}

void books_deinit(struct books *books) { buf_deinit(&books->newest); }
