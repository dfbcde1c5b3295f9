#include "care/event_wait.h"

enum { RECORD_IS_COMMAND = 1, OUTCOME_SOURCE = 3 };  // item that names the event

static int64_t next_event(struct care *care, const struct run *run, const char *kind,
                          int64_t after) {
  return store_int(care->store, 0,
                   "SELECT id FROM event WHERE patient=?1 AND kind=?2 AND recorded_at>=?3"
                   " AND id<>?4 AND id>?5 ORDER BY id LIMIT 1",
                   "itiii", run->patient, kind, run->started_at, run->event, after);
}

static bool waits_for(const struct value *record, const char *kind) {
  struct value op = value_at(record, 1), label = value_at(record, 2);
  struct value args = value_at(record, 3), what = value_field(&args, "kind");
  return value_is(&op, "wait") && value_is(&label, kind) && value_is(&what, "event");
}

// An outcome from before events were named in the journal had the next one of its time.
static int64_t event_of(struct care *care, const struct run *run, const char *kind,
                        const struct value *outcome, int64_t after) {
  struct value given = value_at(outcome, 1), source = value_at(outcome, OUTCOME_SOURCE);
  if (given.kind == VALUE_NIL) return after;
  int64_t event = value_int_or(&source, 0);
  if (!event) event = next_event(care, run, kind, after);
  return event > after ? event : after;
}

int64_t event_wait_next(struct care *care, const struct run *run, const char *kind) {
  struct buf journal = {0};
  struct value record;
  int64_t after = 0;
  bool waiting = false;
  run_journal(care->store, run, &journal);
  for (size_t at = 0, used; at < journal.len; at += used) {
    used = value_read_front(journal.data + at, journal.len - at, &record);
    if (!used) break;
    struct value first = value_at(&record, 0);
    int64_t type = value_int_or(&first, 0);
    if (type == RECORD_IS_OUTCOME && waiting)
      after = event_of(care, run, kind, &record, after);
    if (type == RECORD_IS_COMMAND || type == RECORD_IS_OUTCOME)
      waiting = type == RECORD_IS_COMMAND && waits_for(&record, kind);
  }
  buf_deinit(&journal);
  return next_event(care, run, kind, after);
}
