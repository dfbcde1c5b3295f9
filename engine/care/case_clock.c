#include "care/case_clock.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/span.h"
#include "care/alert.h"
#include "care/case.h"
#include "care/clock_time.h"
#include "care/ids.h"

struct running {  // a clock that is looked at; texts owned
  int64_t id, enrollment, patient, round, started_at, paused_ms, due_at, next_at,
      warned_at, breached_at;
  double at_risk;
  bool paused;
  char *name, *span, *department;
};

static bool load(struct care *care, int64_t id, struct running *out) {
  struct stmt *row = store_query(
      care->store,
      "SELECT clock.enrollment, enrollment.patient, clock.round, started_at, paused_ms,"
      " due_at, clock.next_at, warned_at, breached_at, at_risk, case_file.paused_at,"
      " clock.name, span, case_file.department FROM clock JOIN case_file ON"
      " case_file.enrollment=clock.enrollment JOIN enrollment ON"
      " enrollment.id=clock.enrollment WHERE clock.id=?1 AND clock.ended_at IS NULL",
      "i", id);
  bool found = stmt_row(row);
  *out = (struct running){.id = id};
  if (found)
    *out = (struct running){.id = id,
                            .enrollment = stmt_int(row, 0),
                            .patient = stmt_int(row, 1),
                            .round = stmt_int(row, 2),
                            .started_at = stmt_int(row, 3),
                            .paused_ms = stmt_int(row, 4),
                            .due_at = stmt_int(row, 5),
                            .next_at = stmt_int(row, 6),
                            .warned_at = stmt_int(row, 7),
                            .breached_at = stmt_int(row, 8),
                            .at_risk = stmt_real(row, 9),
                            .paused = !stmt_null(row, 10),
                            .name = mem_copy_text(stmt_text(row, 11)),
                            .span = mem_copy_text(stmt_text(row, 12)),
                            .department = mem_copy_text(stmt_text(row, 13))};
  stmt_done(row);
  return found;
}

static void drop(struct running *clock) {
  mem_free(clock->name);
  mem_free(clock->span);
  mem_free(clock->department);
}

// When the case waited for its patient, as the ledger says: { from, to } one after
// another.
static void read_stands(struct care *care, int64_t enrollment, struct buf *out) {
  struct clock_stand stand = {0};
  struct stmt *rows = store_query(care->store,
                                  "SELECT at, what='paused' FROM case_step WHERE "
                                  "enrollment=?1 AND (what='paused' OR what='resumed') "
                                  "ORDER BY id",
                                  "i", enrollment);
  while (stmt_row(rows)) {
    bool begins = stmt_int(rows, 1);
    if (begins && !stand.from) stand.from = stmt_int(rows, 0);
    if (begins || !stand.from) continue;
    stand.to = stmt_int(rows, 0);
    buf_put(out, (const char *)&stand, sizeof stand);
    stand = (struct clock_stand){0};
  }
  stmt_done(rows);
}

// 0: what the script gave is no span. stands may be NULL.
static int64_t count_from(struct care *care, const char *department, const char *span,
                          int64_t from, const struct buf *stands, int64_t *stood) {
  struct status status = {0};
  struct span parsed;
  int64_t due = 0;
  if (span_parse(span, &parsed, &status)) return 0;
  struct clock_time clock = {
      .span = &parsed,
      .zone = care_zone(care, department),
      .calendar = catalog_calendar(care->catalog, department, NULL),
      .started_at = from,
      .stands = stands ? (const struct clock_stand *)stands->data : NULL,
      .count = stands ? (int)(stands->len / sizeof(struct clock_stand)) : 0};
  return clock_time_due(&clock, &due, stood, &status) ? 0 : due;
}

// Its row in due: the warning, then the deadline; none while the case waits.
static void arm(struct care *care, struct running *clock) {
  int64_t warn = clock->started_at + clock->paused_ms;
  int64_t next = clock->due_at;
  warn += (int64_t)((double)(clock->due_at - warn) * clock->at_risk);
  if (!clock->warned_at && warn < next) next = warn;
  if (clock->next_at)
    due_remove(care->kernel, DUE_ALERT, clock->next_at, WORK_CLOCK, clock->id);
  if (clock->paused || clock->breached_at || !clock->due_at) next = 0;
  clock->next_at = next;
  store_exec(care->store, "UPDATE clock SET due_at=?2, next_at=?3 WHERE id=?1", "iII",
             clock->id, clock->due_at, next);
  if (next) due_add(care->kernel, DUE_ALERT, next, WORK_CLOCK, clock->id, clock->patient);
}

static void count_anew(struct care *care, struct running *clock) {
  struct buf stands = {0};
  read_stands(care, clock->enrollment, &stands);
  clock->due_at = count_from(care, clock->department, clock->span, clock->started_at,
                             &stands, &clock->paused_ms);
  buf_deinit(&stands);
  store_exec(care->store, "UPDATE clock SET paused_ms=?2 WHERE id=?1", "ii", clock->id,
             clock->paused_ms);
  arm(care, clock);
}

static void start(struct care *care, int64_t id) {
  struct running clock;
  store_exec(care->store, "UPDATE clock SET started_at=?2 WHERE id=?1", "ii", id,
             kernel_now(care->kernel));
  if (load(care, id, &clock)) {
    count_anew(care, &clock);
    drop(&clock);
  }
}

static int64_t put(struct care *care, int64_t enrollment, int64_t round, const char *name,
                   const char *span, const char *after) {
  store_exec(care->store,
             "INSERT INTO clock (enrollment, round, name, span, after) VALUES "
             "(?1,?2,?3,?4,?5) ON CONFLICT DO NOTHING",
             "iittt", enrollment, round, name, span, after);
  return store_last_id(care->store);
}

void case_clock_begin(struct care *care, int64_t enrollment, int64_t round,
                      const struct value *clocks) {
  struct value_iter iter = value_iterate(clocks);
  struct value item;
  while (value_next(&iter, NULL, &item)) {
    struct value name = value_field(&item, "name"), span = value_field(&item, "span"),
                 from = value_field(&item, "from");
    char *texts[] = {value_copy_text(&name), value_copy_text(&span),
                     value_copy_text(&from)};
    if (texts[0] && texts[1]) {
      int64_t id = put(care, enrollment, round, texts[0], texts[1], texts[2]);
      if (!texts[2]) start(care, id);
    }
    for (int i = 0; i < 3; i++) mem_free(texts[i]);
  }
}

static struct ids clocks_of(struct care *care, int64_t enrollment, int64_t round) {
  return ids_read(store_query(care->store,
                              "SELECT id FROM clock WHERE enrollment=?1 AND round=?2",
                              "ii", enrollment, round));
}

void case_clock_begin_again(struct care *care, int64_t enrollment, int64_t round) {
  struct ids before = clocks_of(care, enrollment, round - 1);
  for (int64_t id; ids_next(&before, &id);) {
    struct stmt *row = store_query(
        care->store, "SELECT name, span, after FROM clock WHERE id=?1", "i", id);
    bool found = stmt_row(row);
    char *texts[] = {found ? mem_copy_text(stmt_text(row, 0)) : NULL,
                     found ? mem_copy_text(stmt_text(row, 1)) : NULL,
                     found ? mem_copy_text(stmt_text(row, 2)) : NULL};
    stmt_done(row);
    if (texts[0]) {
      int64_t again = put(care, enrollment, round, texts[0], texts[1], texts[2]);
      if (!texts[2]) start(care, again);
    }
    for (int i = 0; i < 3; i++) mem_free(texts[i]);
  }
}

static void end_clock(struct care *care, struct running *clock, bool met) {
  int64_t now = kernel_now(care->kernel);
  if (clock->next_at)
    due_remove(care->kernel, DUE_ALERT, clock->next_at, WORK_CLOCK, clock->id);
  store_exec(care->store,
             "UPDATE clock SET next_at=NULL, ended_at=?2, met_at=?3 WHERE id=?1", "iiI",
             clock->id, now, met ? now : 0);
}

// What was to be told of a clock is told: it is met, or over, or the breach says more.
static void close_alert(struct care *care, const struct running *clock, const char *level,
                        const char *why) {
  struct buf name = {0};
  buf_printf(&name, "%s-%s", level, clock->name);
  int64_t alert = store_int(care->store, 0,
                            "SELECT id FROM alert WHERE patient=?3 AND enrollment=?1 AND"
                            " name=?2 AND status<>'closed'",
                            "iti", clock->enrollment, name.data, clock->patient);
  if (alert) alert_close(care, alert, "clock", why);
  buf_deinit(&name);
}

static void close_alerts(struct care *care, const struct running *clock,
                         const char *why) {
  close_alert(care, clock, "at-risk", why);
  close_alert(care, clock, "breach", why);
}

static void start_those_after(struct care *care, const struct running *clock) {
  struct ids waiting = ids_read(store_query(
      care->store,
      "SELECT id FROM clock WHERE enrollment=?1 AND round=?2 AND after=?3 AND "
      "started_at IS NULL AND ended_at IS NULL",
      "iit", clock->enrollment, clock->round, clock->name));
  for (int64_t id; ids_next(&waiting, &id);) start(care, id);
}

static int64_t find(struct care *care, int64_t enrollment, const char *name) {
  return store_int(care->store, 0,
                   "SELECT clock.id FROM clock JOIN case_file USING (enrollment) WHERE "
                   "enrollment=?1 AND name=?2 AND clock.round=case_file.round",
                   "it", enrollment, name);
}

void case_clock_met(struct care *care, int64_t enrollment, const char *name) {
  struct running clock;
  if (!load(care, find(care, enrollment, name), &clock)) return;
  end_clock(care, &clock, true);
  case_step(care, enrollment, "met", "script", name);
  close_alerts(care, &clock, clock.breached_at ? "met, late" : "met in time");
  start_those_after(care, &clock);
  drop(&clock);
}

int64_t case_clock_due(struct care *care, int64_t enrollment, const char *name,
                       bool again) {
  int64_t id = find(care, enrollment, name), now = kernel_now(care->kernel), due = 0;
  struct stmt *row =
      store_query(care->store,
                  "SELECT due_at, span, after, department, ended_at FROM clock"
                  " JOIN case_file USING (enrollment) WHERE clock.id=?1",
                  "i", id);
  if (stmt_row(row) && !again)
    due = stmt_null(row, 4) ? stmt_int(row, 0) : 0;
  else if (id && stmt_null(row, 2))
    due = count_from(care, stmt_text(row, 3), stmt_text(row, 1), now, NULL, NULL);
  stmt_done(row);
  return due > now ? due : 0;  // one that has passed is no time to give to anybody
}

static struct ids open_clocks(struct care *care, int64_t enrollment) {
  return ids_read(store_query(care->store,
                              "SELECT id FROM clock WHERE enrollment=?1 AND ended_at IS "
                              "NULL AND started_at IS NOT NULL",
                              "i", enrollment));
}

void case_clock_pause(struct care *care, int64_t enrollment, int64_t question,
                      const char *reason) {
  store_exec(care->store,
             "UPDATE case_file SET paused_at=?2, paused_why=?3, paused_question=?4, "
             "revision=revision+1 WHERE enrollment=?1 AND paused_at IS NULL",
             "iiti", enrollment, kernel_now(care->kernel), reason, question);
  struct ids open = open_clocks(care, enrollment);
  for (int64_t id; ids_next(&open, &id);) {
    struct running clock;
    if (!load(care, id, &clock)) continue;
    arm(care, &clock);
    drop(&clock);
  }
  case_step(care, enrollment, "paused", "script", reason);
}

void case_clock_resume(struct care *care, int64_t enrollment) {
  if (!store_int(care->store, 0, "SELECT paused_at FROM case_file WHERE enrollment=?1",
                 "i", enrollment))
    return;
  store_exec(
      care->store,
      "UPDATE case_file SET paused_at=NULL, paused_why=NULL, paused_question=NULL, "
      "revision=revision+1 WHERE enrollment=?1",
      "i", enrollment);
  case_step(care, enrollment, "resumed", "clock", NULL);
  struct ids open = open_clocks(care, enrollment);
  for (int64_t id; ids_next(&open, &id);) {
    struct running clock;
    if (!load(care, id, &clock)) continue;
    if (!clock.breached_at) count_anew(care, &clock);
    drop(&clock);
  }
}

void case_clock_end_all(struct care *care, int64_t enrollment) {
  struct ids open = ids_read(store_query(
      care->store, "SELECT id FROM clock WHERE enrollment=?1 AND ended_at IS NULL", "i",
      enrollment));
  for (int64_t id; ids_next(&open, &id);) {
    struct running clock;
    if (!load(care, id, &clock)) continue;
    end_clock(care, &clock, false);
    close_alerts(care, &clock, "the case has gone on without it");
    drop(&clock);
  }
}

void case_clock_recount(struct care *care, const char *department) {
  struct ids open = ids_read(store_query(
      care->store,
      "SELECT clock.id FROM clock JOIN case_file USING (enrollment) WHERE department=?1 "
      "AND "
      "clock.ended_at IS NULL AND started_at IS NOT NULL AND breached_at IS NULL",
      "t", department));
  for (int64_t id; ids_next(&open, &id);) {
    struct running clock;
    if (!load(care, id, &clock)) continue;
    count_anew(care, &clock);
    drop(&clock);
  }
}

// --- what falls due

static void tell(struct care *care, const struct running *clock, const char *level,
                 const char *what) {
  struct buf name = {0}, reason = {0};
  buf_printf(&name, "%s-%s", level, clock->name);
  buf_printf(&reason, "clock %s (%s) %s", clock->name, clock->span, what);
  alert_open(care, &(struct alert_spec){.patient = clock->patient,
                                        .enrollment = clock->enrollment,
                                        .department = clock->department,
                                        .name = name.data,
                                        .level = level,
                                        .reason = reason.data});
  buf_deinit(&name);
  buf_deinit(&reason);
}

static void mark(struct care *care, const struct running *clock, bool breached) {
  store_exec(care->store,
             breached ? "UPDATE clock SET breached_at=?2, next_at=NULL WHERE id=?1"
                      : "UPDATE clock SET warned_at=?2, next_at=NULL WHERE id=?1",
             "ii", clock->id, kernel_now(care->kernel));
  case_step(care, clock->enrollment, breached ? "breached" : "warned", "clock",
            clock->name);
}

static void apply(void *self, struct work *work) {
  struct care *care = self;
  struct running clock;
  if (!load(care, work->ref, &clock)) return;
  int64_t now = kernel_now(care->kernel);
  clock.next_at = 0;  // its row in due is gone
  if (clock.paused || !clock.due_at || clock.breached_at) {
    arm(care, &clock);
  } else if (now >= clock.due_at) {
    mark(care, &clock, true);
    close_alert(care, &clock, "at-risk", "it has run out");
    tell(care, &clock, "breach", "has run out");
  } else {
    mark(care, &clock, false);
    tell(care, &clock, "at-risk", "runs out soon");
    clock.warned_at = now;
    arm(care, &clock);
  }
  drop(&clock);
}

void case_clock_handlers(struct care *care) {
  static const struct work_handler handler = {.apply = apply};
  kernel_handle(care->kernel, WORK_CLOCK, &handler, care);
}
