#include "care/case_clock.h"

#include "base/mem.h"
#include "care/case.h"
#include "care/case_clock_row.h"
#include "care/case_clock_tell.h"
#include "care/ids.h"

static void start(struct care *care, int64_t id, int64_t at) {
  struct case_clock clock;
  store_exec(care->store, "UPDATE clock SET started_at=?2 WHERE id=?1", "ii", id, at);
  if (case_clock_load(care, id, &clock)) case_clock_count(care, &clock);
  case_clock_drop(&clock);
}

// Those of the round that follow no other, and have not begun.
static void start_first(struct care *care, int64_t enrollment, int64_t round,
                        int64_t at) {
  struct ids first = ids_read(
      store_query(care->store,
                  "SELECT id FROM clock WHERE enrollment=?1 AND round=?2 AND after IS "
                  "NULL AND started_at IS NULL AND ended_at IS NULL ORDER BY id",
                  "ii", enrollment, round));
  for (int64_t id; ids_next(&first, &id);) start(care, id, at);
}

// One that is there already, by its name, stays as it is.
static void put(struct care *care, int64_t enrollment, int64_t round,
                const struct value *item) {
  struct value pauses = value_field(item, "pauses");
  static const char *const names[] = {"name", "span", "from", "extend"};
  char *texts[4];
  for (int i = 0; i < 4; i++) {
    struct value field = value_field(item, names[i]);
    texts[i] = value_copy_text(&field);
  }
  if (texts[0] && texts[1])
    store_exec(care->store,
               "INSERT INTO clock (enrollment, round, name, span, after, extend, pauses)"
               " VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO NOTHING",
               "iitttti", enrollment, round, texts[0], texts[1], texts[2], texts[3],
               (int64_t)(pauses.kind == VALUE_NIL || value_true(&pauses)));
  for (int i = 0; i < 4; i++) mem_free(texts[i]);
}

static void put_all(struct care *care, int64_t enrollment, int64_t round,
                    const struct value *clocks) {
  struct value_iter iter = value_iterate(clocks);
  struct value item;
  while (value_next(&iter, NULL, &item)) put(care, enrollment, round, &item);
}

void case_clock_begin(struct care *care, int64_t enrollment, int64_t round,
                      const struct value *clocks) {
  put_all(care, enrollment, round, clocks);
  start_first(care, enrollment, round, kernel_now(care->kernel));
}

void case_clock_begin_again(struct care *care, int64_t enrollment, int64_t round) {
  store_exec(care->store,
             "INSERT INTO clock (enrollment, round, name, span, after, extend, pauses)"
             " SELECT enrollment, ?2, name, span, after, extend, pauses FROM clock WHERE"
             " enrollment=?1 AND round=?2-1 AND replaced_at IS NULL ORDER BY id",
             "ii", enrollment, round);
  start_first(care, enrollment, round, kernel_now(care->kernel));
}

static void end_clock(struct care *care, struct case_clock *clock, bool met) {
  int64_t now = kernel_now(care->kernel);
  if (clock->next_at)
    due_remove(care->kernel, DUE_ALERT, clock->next_at, WORK_CLOCK, clock->id);
  store_exec(care->store,
             "UPDATE clock SET next_at=NULL, ended_at=?2, met_at=?3 WHERE id=?1", "iiI",
             clock->id, now, met ? now : 0);
}

static void start_those_after(struct care *care, const struct case_clock *clock) {
  struct ids waiting = ids_read(store_query(
      care->store,
      "SELECT id FROM clock WHERE enrollment=?1 AND round=?2 AND after=?3 AND "
      "started_at IS NULL AND ended_at IS NULL",
      "iit", clock->enrollment, clock->round, clock->name));
  for (int64_t id; ids_next(&waiting, &id);) start(care, id, kernel_now(care->kernel));
}

int64_t case_clock_find(struct care *care, int64_t enrollment, const char *name) {
  return store_int(care->store, 0,
                   "SELECT clock.id FROM clock JOIN case_file USING (enrollment) WHERE "
                   "enrollment=?1 AND name=?2 AND clock.round=case_file.round AND "
                   "replaced_at IS NULL",
                   "it", enrollment, name);
}

void case_clock_met(struct care *care, int64_t enrollment, const char *name) {
  struct case_clock clock;
  if (!case_clock_load(care, case_clock_find(care, enrollment, name), &clock)) return;
  end_clock(care, &clock, true);
  case_step(care, enrollment, "met", "script", name);
  case_clock_untell(care, &clock, clock.breached_at ? "met, late" : "met in time");
  start_those_after(care, &clock);
  case_clock_drop(&clock);
}

int64_t case_clock_due(struct care *care, int64_t enrollment, const char *name,
                       bool again) {
  int64_t id = case_clock_find(care, enrollment, name), now = kernel_now(care->kernel),
          due = 0;
  struct stmt *row =
      store_query(care->store,
                  "SELECT due_at, span, after, department, ended_at FROM clock"
                  " JOIN case_file USING (enrollment) WHERE clock.id=?1",
                  "i", id);
  if (stmt_row(row) && !again)
    due = stmt_null(row, 4) ? stmt_int(row, 0) : 0;
  else if (id && stmt_null(row, 2))
    due = case_clock_span_due(care, stmt_text(row, 3), stmt_text(row, 1), now);
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
    struct case_clock clock;
    if (!case_clock_load(care, id, &clock)) continue;
    case_clock_arm(care, &clock);
    if (clock.pauses) case_clock_hush(care, &clock);
    case_clock_drop(&clock);
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
    struct case_clock clock;
    if (!case_clock_load(care, id, &clock)) continue;
    if (!clock.breached_at)
      case_clock_count(care, &clock);
    else if (clock.pauses)
      case_clock_speak(care, &clock);
    case_clock_drop(&clock);
  }
}

void case_clock_end_all(struct care *care, int64_t enrollment) {
  struct ids open = ids_read(store_query(
      care->store, "SELECT id FROM clock WHERE enrollment=?1 AND ended_at IS NULL", "i",
      enrollment));
  for (int64_t id; ids_next(&open, &id);) {
    struct case_clock clock;
    if (!case_clock_load(care, id, &clock)) continue;
    end_clock(care, &clock, false);
    case_clock_untell(care, &clock, "the case has gone on without it");
    case_clock_drop(&clock);
  }
}

// --- another class

static bool is_text(const struct value *item, const char *name, const char *text) {
  struct value field = value_field(item, name);
  return text ? value_is(&field, text) : field.kind == VALUE_NIL;
}

// Whether the class has the clock as it runs.
static bool is_wanted(const struct value *clocks, struct stmt *row) {
  struct value_iter iter = value_iterate(clocks);
  struct value item;
  while (value_next(&iter, NULL, &item)) {
    struct value pauses = value_field(&item, "pauses");
    bool waits = pauses.kind == VALUE_NIL || value_true(&pauses);
    if (is_text(&item, "name", stmt_text(row, 1)) &&
        is_text(&item, "span", stmt_text(row, 2)) &&
        is_text(&item, "from", stmt_text(row, 3)) &&
        is_text(&item, "extend", stmt_text(row, 4)) && waits == (stmt_int(row, 5) != 0))
      return true;
  }
  return false;
}

static struct ids unwanted(struct care *care, int64_t enrollment, int64_t round,
                           const struct value *clocks) {
  struct ids out = {0};
  struct stmt *row =
      store_query(care->store,
                  "SELECT id, name, span, after, extend, pauses FROM clock WHERE"
                  " enrollment=?1 AND round=?2 AND ended_at IS NULL ORDER BY id",
                  "ii", enrollment, round);
  while (stmt_row(row))
    if (!is_wanted(clocks, row)) ids_add(&out, stmt_int(row, 0));
  stmt_done(row);
  return out;
}

static void replace(struct care *care, struct case_clock *clock) {
  struct buf detail = {0};
  end_clock(care, clock, false);
  store_exec(care->store, "UPDATE clock SET replaced_at=?2 WHERE id=?1", "ii", clock->id,
             kernel_now(care->kernel));
  buf_printf(&detail, "%s (%s)", clock->name, clock->span);
  case_step(care, clock->enrollment, "replaced", "clock", detail.data);
  case_clock_untell(care, clock, "the case is of another class now");
  buf_deinit(&detail);
}

// Those that follow one that is met already begin when it was.
static void start_late(struct care *care, int64_t enrollment, int64_t round) {
  struct ids late = ids_read(store_query(
      care->store,
      "SELECT k.id FROM clock k JOIN clock b ON b.enrollment=k.enrollment AND"
      " b.round=k.round AND b.name=k.after AND b.met_at IS NOT NULL WHERE"
      " k.enrollment=?1 AND k.round=?2 AND k.started_at IS NULL AND k.ended_at IS NULL",
      "ii", enrollment, round));
  for (int64_t id; ids_next(&late, &id);) {
    start(care, id,
          store_int(care->store, 0,
                    "SELECT max(b.met_at) FROM clock k JOIN clock b ON"
                    " b.enrollment=k.enrollment AND b.round=k.round AND"
                    " b.name=k.after WHERE k.id=?1",
                    "i", id));
  }
}

void case_clock_follow(struct care *care, int64_t enrollment, int64_t round,
                       const struct value *clocks) {
  int64_t now = kernel_now(care->kernel);
  int64_t began = store_int(care->store, now,
                            "SELECT coalesce(min(started_at), ?3) FROM clock WHERE"
                            " enrollment=?1 AND round=?2",
                            "iii", enrollment, round, now);
  struct ids gone = unwanted(care, enrollment, round, clocks);
  for (int64_t id; ids_next(&gone, &id);) {
    struct case_clock clock;
    if (case_clock_load(care, id, &clock)) replace(care, &clock);
    case_clock_drop(&clock);
  }
  put_all(care, enrollment, round, clocks);
  start_first(care, enrollment, round, began);
  start_late(care, enrollment, round);
}
