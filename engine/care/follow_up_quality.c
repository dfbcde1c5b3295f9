#include "care/follow_up_quality.h"

#include <math.h>
#include <string.h>

static enum follow_up_figure why_of(const char *why) {
  if (!strcmp(why, "short")) return FOLLOW_SUSPECTED_SHORT;
  if (!strcmp(why, "no-record")) return FOLLOW_SUSPECTED_NO_RECORD;
  return strcmp(why, "same-answers") ? FOLLOW_SAMPLED : FOLLOW_SUSPECTED_SAME;
}

static void count_one(struct stmt *row, struct follow_up_counter *counter) {
  counter->figures[why_of(stmt_text(row, 2))]++;
  if (stmt_null(row, 3)) return;
  counter->figures[FOLLOW_JUDGED]++;
  counter->figures[FOLLOW_FAKE] += stmt_int(row, 4);
  if (stmt_null(row, 5)) return;
  counter->figures[FOLLOW_POINTS] += (int64_t)lround(stmt_real(row, 5));
  counter->figures[FOLLOW_POINTS_MOST] += (int64_t)lround(stmt_real(row, 6));
}

// A month's name is that of its department's zone: a day on both sides is looked at.
void follow_up_quality_count(struct store *store, const struct follow_up_period *period,
                             struct follow_up_counters *counters) {
  store_begin_read(store);
  struct stmt *row = store_query(
      store,
      "SELECT w.department, who, why, judged_at, coalesce(fake, 0), score, most FROM"
      " quality_sample q JOIN task w ON w.id=q.ref WHERE month>=strftime('%Y-%m',"
      " ?1/1000-86400, 'unixepoch') AND month<=strftime('%Y-%m', ?2/1000+86400,"
      " 'unixepoch') AND w.closed_at>=?1 AND w.closed_at<?2 AND (?3 IS NULL OR"
      " w.department IN (SELECT value FROM json_each(?3)))",
      "iit", period->from, period->to, period->departments);
  while (stmt_row(row)) {
    int department = follow_up_counter_of(counters, "department", stmt_text(row, 0)),
        person = follow_up_counter_of(counters, "person", stmt_text(row, 1));
    count_one(row, &counters->list[0]);
    if (department) count_one(row, &counters->list[department]);
    if (person) count_one(row, &counters->list[person]);
  }
  stmt_done(row);
  store_end_read(store);
}
