#include "care/books.h"

#include <stdio.h>
#include <string.h>

#include "care/plan.h"

enum { OCCURRENCES_MOST = 1000 };

#define SEEN "(?1 IS NULL OR department IN (SELECT value FROM json_each(?1)))"
#define COUNT(sql) \
  store_int(care->store, 0, "SELECT count(*) " sql " AND " SEEN, "t", seen)

static void read_words(struct stmt *row, struct books_line *out) {
  for (int i = 0; i < BOOKS_WORDS - 1 && stmt_row(row); i++) {
    const char *word = stmt_text(row, 0);
    snprintf(out[i].word, sizeof out[i].word, "%s", word && *word ? word : "-");
    out[i].count = stmt_int(row, 1);
  }
  stmt_done(row);
}

#define WORDS(column, from, out)                                               \
  read_words(store_query(care->store,                                          \
                         "SELECT " column ", count(*) FROM " from " AND " SEEN \
                         " GROUP BY 1 ORDER BY 2 DESC, 1",                     \
                         "t", seen),                                           \
             out)

static void count_course(struct care *care, const char *seen, struct books *out) {
  out->patients = store_int(care->store, 0, "SELECT count(*) FROM patient", "");
  out->enrolled = COUNT("FROM enrollment WHERE 1");
  out->started = COUNT("FROM run WHERE kind='step'");
  out->skipped = COUNT("FROM skip JOIN enrollment e ON e.id=skip.enrollment WHERE 1");
  out->twice = COUNT(
      "FROM skip JOIN run ON run.enrollment=skip.enrollment AND run.name=skip.step AND"
      " run.day=skip.day WHERE 1");
  WORDS("status", "enrollment WHERE 1", out->enrollments);
  WORDS("CASE WHEN result<>'' THEN status || ':' || result ELSE status END",
        "run WHERE kind='step'", out->runs);
  WORDS("reason", "skip JOIN enrollment e ON e.id=skip.enrollment WHERE 1", out->skips);
}

static void count_words(struct care *care, const char *seen, struct books *out) {
  out->sent = COUNT("FROM message WHERE kind<>'page' AND accepted_at IS NOT NULL");
  out->answered = COUNT("FROM answer WHERE by_kind IN ('patient','family')");
  out->flagged = COUNT("FROM answer WHERE level IS NOT NULL");
  out->silent = COUNT("FROM question WHERE status='lapsed'");
  WORDS("status", "message WHERE 1", out->messages);
  WORDS("reason", "message WHERE status='suppressed'", out->suppressed);
}

static void count_work(struct care *care, const char *seen, struct books *out) {
  out->alerts = COUNT("FROM alert WHERE 1");
  out->acknowledged = COUNT("FROM alert WHERE acknowledged_at IS NOT NULL");
  out->open_alerts = COUNT("FROM alert WHERE status<>'closed'");
  out->tasks = COUNT("FROM task WHERE 1");
  out->tasks_done = COUNT("FROM task WHERE status='done'");
  out->tasks_open = COUNT("FROM task WHERE status IN ('open','held')");
  out->tasks_overdue = COUNT("FROM task WHERE status='open' AND overdue_at IS NOT NULL");
  out->ack_p50_ms =
      store_int(care->store, 0,
                "SELECT acknowledged_at-opened_at FROM alert WHERE acknowledged_at IS "
                "NOT NULL AND " SEEN " ORDER BY 1 LIMIT 1 OFFSET ?2",
                "ti", seen, out->acknowledged / 2);
}

// Every promise with a time has its row among the due (class and kind as in kernel.h).
static void count_forgotten(struct care *care, const char *seen, struct books *out) {
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

// Only enrollments that have known one schedule: what a later version added to the past
// is never made up.
static void recount_all(struct care *care, const char *seen, struct books *out) {
  struct buf ids = {0};
  struct stmt *row =
      store_query(care->store,
                  "SELECT id FROM enrollment WHERE " SEEN
                  " AND enrolled_at >= coalesce((SELECT"
                  " activated_at FROM bundle WHERE active=1 AND bundle.department="
                  "enrollment.department), 0) ORDER BY id DESC LIMIT ?2",
                  "ti", seen, (int64_t)BOOKS_RECOUNT);
  while (stmt_row(row)) {
    int64_t id = stmt_int(row, 0);
    buf_put(&ids, &id, sizeof id);
  }
  stmt_done(row);
  for (size_t at = 0; at < ids.len; at += sizeof(int64_t)) {
    int64_t id;
    memcpy(&id, ids.data + at, sizeof id);
    out->missing += recount(care, id);
    out->recounted++;
  }
  buf_deinit(&ids);
}

void books_read(struct care *care, const char *departments, struct books *out) {
  *out = (struct books){0};
  count_course(care, departments, out);
  count_words(care, departments, out);
  count_work(care, departments, out);
  count_forgotten(care, departments, out);
  recount_all(care, departments, out);
  out->due = out->started + out->skipped - out->twice + out->missing;
  out->balanced = !out->forgotten && !out->twice && !out->missing;
}
