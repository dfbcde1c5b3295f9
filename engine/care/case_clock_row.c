#include "care/case_clock_row.h"

#include "base/mem.h"
#include "base/span.h"
#include "care/clock_time.h"

static void read_row(struct stmt *row, struct case_clock *out) {
  out->enrollment = stmt_int(row, 0);
  out->patient = stmt_int(row, 1);
  out->round = stmt_int(row, 2);
  out->started_at = stmt_int(row, 3);
  out->paused_ms = stmt_int(row, 4);
  out->due_at = stmt_int(row, 5);
  out->next_at = stmt_int(row, 6);
  out->warned_at = stmt_int(row, 7);
  out->breached_at = stmt_int(row, 8);
  out->at_risk = stmt_real(row, 9);
  out->pauses = stmt_int(row, 10) != 0;
  out->paused = out->pauses && !stmt_null(row, 11);
  out->extended_at = stmt_int(row, 12);
  out->name = mem_copy_text(stmt_text(row, 13));
  out->span = mem_copy_text(stmt_text(row, 14));
  out->extend = mem_copy_text(stmt_text(row, 15));
  out->department = mem_copy_text(stmt_text(row, 16));
}

bool case_clock_load(struct care *care, int64_t id, struct case_clock *out) {
  struct stmt *row = store_query(
      care->store,
      "SELECT clock.enrollment, enrollment.patient, clock.round, started_at, paused_ms,"
      " due_at, clock.next_at, warned_at, breached_at, at_risk, pauses,"
      " case_file.paused_at, extended_at, clock.name, span, extend, case_file.department"
      " FROM clock JOIN case_file ON case_file.enrollment=clock.enrollment JOIN"
      " enrollment ON enrollment.id=clock.enrollment WHERE clock.id=?1 AND"
      " clock.ended_at IS NULL",
      "i", id);
  bool found = stmt_row(row);
  *out = (struct case_clock){.id = id};
  if (found) read_row(row, out);
  stmt_done(row);
  return found;
}

void case_clock_drop(struct case_clock *clock) {
  mem_free(clock->name);
  mem_free(clock->span);
  mem_free(clock->extend);
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

int64_t case_clock_span_due(struct care *care, const char *department, const char *span,
                            int64_t from) {
  return count_from(care, department, span, from, NULL, NULL);
}

int64_t case_clock_next(const struct case_clock *clock) {
  int64_t warn = clock->started_at + clock->paused_ms;
  warn += (int64_t)((double)(clock->due_at - warn) * clock->at_risk);
  if (clock->paused || clock->breached_at || !clock->due_at) return 0;
  return !clock->warned_at && warn < clock->due_at ? warn : clock->due_at;
}

void case_clock_arm(struct care *care, struct case_clock *clock) {
  int64_t next = case_clock_next(clock);
  if (clock->next_at)
    due_remove(care->kernel, DUE_ALERT, clock->next_at, WORK_CLOCK, clock->id);
  clock->next_at = next;
  store_exec(care->store,
             "UPDATE clock SET due_at=?2, next_at=?3, paused_ms=?4 WHERE id=?1", "iIIi",
             clock->id, clock->due_at, next, clock->paused_ms);
  if (next) due_add(care->kernel, DUE_ALERT, next, WORK_CLOCK, clock->id, clock->patient);
}

bool case_clock_measure(struct care *care, struct case_clock *clock) {
  struct buf stands = {0};
  int64_t was = clock->due_at, stood = clock->paused_ms;
  if (clock->pauses) read_stands(care, clock->enrollment, &stands);
  clock->due_at = count_from(care, clock->department, clock->span, clock->started_at,
                             &stands, &clock->paused_ms);
  if (clock->extended_at)
    clock->due_at =
        case_clock_span_due(care, clock->department, clock->extend, clock->due_at);
  buf_deinit(&stands);
  return clock->due_at != was || clock->paused_ms != stood;
}

void case_clock_count(struct care *care, struct case_clock *clock) {
  if (case_clock_measure(care, clock) || clock->next_at != case_clock_next(clock))
    case_clock_arm(care, clock);
}
