#include "care/forecast.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "care/plan.h"

enum { NEWEST_RUNS = 200000, PIECE = 2000, OCCURRENCES_MOST = 1000 };
#define DAY INT64_C(86400000)
#define SEEN "(?3 IS NULL OR r.department IN (SELECT value FROM json_each(?3)))"

static struct forecast_step *step_of(struct forecast *forecast, const char *department,
                                     const char *pathway, const char *step, bool watch) {
  for (size_t i = 0; i < forecast->count; i++) {
    struct forecast_step *known = &forecast->steps[i];
    if (known->watch == watch && !strcmp(known->step, step) &&
        !strcmp(known->pathway, pathway) && !strcmp(known->department, department))
      return known;
  }
  if (forecast->count == forecast->cap) {
    forecast->cap = forecast->cap ? forecast->cap * 2 : 32;
    forecast->steps =
        mem_resize(forecast->steps, forecast->cap * sizeof *forecast->steps);
  }
  struct forecast_step *fresh = &forecast->steps[forecast->count++];
  *fresh = (struct forecast_step){.department = mem_copy_text(department),
                                  .pathway = mem_copy_text(pathway),
                                  .step = mem_copy_text(step),
                                  .watch = watch};
  return fresh;
}

static int lag_of(int64_t ms) {
  int64_t days = ms < 0 ? 0 : ms / DAY;
  return days < FORECAST_LAGS ? (int)days : FORECAST_LAGS - 1;
}

static void take_run(struct forecast *forecast, struct forecast_step *step,
                     struct stmt *row) {
  if (stmt_int(row, 4))
    step->runs++;
  else
    step->under_way[lag_of(forecast->now - stmt_int(row, 3))]++;
}

static void take_watch(struct forecast *forecast, struct forecast_step *watch,
                       struct stmt *row) {
  watch->began += forecast->now - stmt_int(row, 3) < FORECAST_LAGS * DAY;
}

static void take_send(struct forecast *forecast, struct forecast_step *step,
                      struct stmt *row) {
  (void)forecast;
  step->sends[lag_of(stmt_int(row, 4) - stmt_int(row, 3))]++;
}

static void take_task(struct forecast *forecast, struct forecast_step *step,
                      struct stmt *row) {
  (void)forecast;
  step->tasks[lag_of(stmt_int(row, 4) - stmt_int(row, 3))]++;
}

static void take_call(struct forecast *forecast, struct forecast_step *step,
                      struct stmt *row) {
  (void)forecast;
  step->calls[lag_of(stmt_int(row, 4) - stmt_int(row, 3))]++;
}

// Rows of a table by id; only what runs led to that are counted themselves.
#define NEWEST "r.id>(SELECT max(id) FROM run)-200000 AND " SEEN
#define OF_RUN "r.kind='step' AND r.pathway IS NOT NULL AND " NEWEST
static const struct source {
  const char *newest, *piece;
  void (*take)(struct forecast *forecast, struct forecast_step *step, struct stmt *row);
} all[] = {
    {"SELECT max(id) FROM run",
     "SELECT r.department, r.pathway, r.name, r.started_at, r.ended_at IS NOT NULL FROM"
     " run r WHERE r.id>?1 AND r.id<=?2 AND " OF_RUN,
     take_run},
    {"SELECT max(id) FROM run",
     "SELECT r.department, coalesce(r.pathway, ''), r.name, r.started_at FROM run r WHERE"
     " r.id>?1 AND r.id<=?2 AND r.kind='watch' AND " NEWEST,
     take_watch},
    {"SELECT max(id) FROM message",
     "SELECT r.department, r.pathway, r.name, r.started_at, m.accepted_at FROM message m"
     " JOIN run r ON r.id=m.run WHERE m.id>?1 AND m.id<=?2 AND m.accepted_at IS NOT NULL"
     " AND m.kind<>'page' AND r.ended_at IS NOT NULL AND " OF_RUN,
     take_send},
    {"SELECT max(id) FROM task",
     "SELECT r.department, r.pathway, r.name, r.started_at, t.opened_at FROM task t JOIN"
     " run r ON r.id=t.run WHERE t.id>?1 AND t.id<=?2 AND r.ended_at IS NOT NULL"
     " AND " OF_RUN,
     take_task},
    {"SELECT max(id) FROM call",
     "SELECT r.department, r.pathway, r.name, r.started_at, c.at FROM call c JOIN task t"
     " ON t.id=c.task JOIN run r ON r.id=t.run WHERE c.id>?1 AND c.id<=?2 AND r.ended_at"
     " IS NOT NULL AND " OF_RUN,
     take_call}};

static void read_piece(struct store *store, const struct source *source, int64_t after,
                       const char *departments, struct forecast *forecast) {
  struct stmt *row =
      store_query(store, source->piece, "iit", after, after + PIECE, departments);
  while (stmt_row(row))
    source->take(forecast,
                 step_of(forecast, stmt_text(row, 0), stmt_text(row, 1),
                         stmt_text(row, 2), source->take == take_watch),
                 row);
  stmt_done(row);
}

void forecast_history(struct store *store, const char *departments,
                      const atomic_bool *stop, struct forecast *forecast) {
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    int64_t newest = store_int(store, 0, all[i].newest, ""),
            after = newest > 4 * NEWEST_RUNS ? newest - 4 * NEWEST_RUNS : 0;
    for (; after < newest && !(stop && atomic_load(stop)); after += PIECE) {
      store_begin_read(store);
      read_piece(store, &all[i], after, departments, forecast);
      if (!store_in_transaction(store) || store_broken(store)) forecast->failed = true;
      store_end_read(store);
      if (forecast->failed) return;
    }
  }
}

static void plan_one(struct care *care, int64_t id, struct forecast *forecast) {
  struct enrollment enrollment;
  struct ahead ahead;
  struct schedule_occurrence next;
  if (!enrollment_load(care->store, id, &enrollment)) return;
  plan_ahead(care, &enrollment, &ahead);
  const struct zone *zone = ahead.plan.plan.zone;
  int64_t today = zone_to_local(zone, forecast->now) / DAY;
  for (int i = 0; i < OCCURRENCES_MOST && plan_ahead_next(care, &ahead, &next); i++) {
    int64_t day = zone_to_local(zone, next.due_ms) / DAY - today;
    if (day >= forecast->days) break;
    step_of(forecast, enrollment.department, enrollment.pathway,
            ahead.plan.schedule->steps[next.step].id, false)
        ->planned[day < 0 ? 0 : day]++;
  }
  enrollment_deinit(&enrollment);
}

static bool plan_following(struct care *care, const char *departments,
                           struct forecast *forecast) {
  int64_t id =
      store_int(care->store, 0,
                "SELECT r.id FROM enrollment r WHERE r.id>?1 AND r.status=?2 AND " SEEN
                " ORDER BY r.id LIMIT 1",
                "itt", forecast->next, "active", departments);
  if (!id) return false;
  forecast->next = id;
  plan_one(care, id, forecast);
  return true;
}

bool forecast_plan(struct care *care, const char *departments, int64_t ms,
                   struct forecast *forecast) {
  int64_t until = clock_steady_ms() + ms;
  while (plan_following(care, departments, forecast))
    if (ms && clock_steady_ms() >= until) return true;
  return false;
}

void forecast_add(const struct forecast_step *step, int day, struct forecast_day *out) {
  out->steps += (double)step->planned[day];
  if (!step->runs) return;
  for (int lag = 0; lag < FORECAST_LAGS; lag++) {
    double begun = lag <= day ? (double)step->planned[day - lag] : 0;
    if (day && lag >= day) begun += (double)step->under_way[lag - day];
    double each = begun / (double)step->runs;
    out->sends += each * (double)step->sends[lag];
    out->tasks += each * (double)step->tasks[lag];
    out->calls += each * (double)step->calls[lag];
  }
}

void forecast_deinit(struct forecast *forecast) {
  for (size_t i = 0; i < forecast->count; i++) {
    mem_free(forecast->steps[i].department);
    mem_free(forecast->steps[i].pathway);
    mem_free(forecast->steps[i].step);
  }
  mem_free(forecast->steps);
  *forecast = (struct forecast){0};
}
