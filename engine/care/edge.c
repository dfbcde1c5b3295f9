#include "care/edge.h"

#include "care/mapping.h"
#include "care/observation.h"

struct kept {
  int64_t at, reading;  // when it fired last, and for which
  bool on;
};

static void key_of(const struct edge *edge, struct buf *out) {
  if (edge->subject.enrollment)
    buf_printf(out, "~watch.%.50s", edge->watch);
  else  // departments may share the watch, not its edge
    buf_printf(out, "~watch.%.50s.%.50s", edge->subject.department, edge->watch);
}

static struct kept load(const struct edge *edge, const char *key) {
  struct kept kept = {0};
  struct buf bytes = {0};
  struct value view = {0};
  facts_get(&edge->subject, key, &bytes);
  if (value_read(bytes.data, bytes.len, &view) && view.kind == VALUE_MAP) {
    struct value at = value_field(&view, "at"), on = value_field(&view, "on"),
                 reading = value_field(&view, "reading");
    kept =
        (struct kept){value_int_or(&at, 0), value_int_or(&reading, 0), value_true(&on)};
  } else {
    kept.on = value_true(&view);  // as it was kept before there were corrections
  }
  buf_deinit(&bytes);
  return kept;
}

static void save(const struct edge *edge, const char *key, const struct kept *kept) {
  struct buf bytes = {0};
  struct value view;
  struct mapping map = mapping_begin(&bytes);
  mapping_int(&map, "at", kept->at);
  mapping_bool(&map, "on", kept->on);
  mapping_int(&map, "reading", kept->reading);
  mapping_end(&map);
  value_read(bytes.data, bytes.len, &view);
  facts_set(&edge->subject, key, &view);
  buf_deinit(&bytes);
}

static int64_t reading_in(const char *bytes, size_t len, bool *corrects) {
  struct value body = {0};
  value_read(bytes, len, &body);
  struct value reading = value_field(&body, "reading"),
               before = value_field(&body, "corrects");
  if (corrects) *corrects = before.kind != VALUE_NIL;
  return value_int_or(&reading, 0);
}

static int64_t reading_of(const struct edge *edge, bool *corrects) {
  struct stmt *row =
      store_query(edge->subject.care->store, "SELECT body FROM event WHERE id=?1", "i",
                  edge->subject.event);
  size_t len = 0;
  const char *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  int64_t reading = reading_in(bytes, len, corrects);
  stmt_done(row);
  return reading;
}

static struct stmt *fired(const struct edge *edge) {
  const struct subject *subject = &edge->subject;
  if (subject->enrollment)
    return store_query(subject->care->store,
                       "SELECT body FROM run JOIN event ON event.id=run.event WHERE "
                       "run.enrollment=?1 AND run.name=?2 AND run.kind='watch'",
                       "it", subject->enrollment, edge->watch);
  return store_query(subject->care->store,
                     "SELECT body FROM run JOIN event ON event.id=run.event WHERE "
                     "run.patient=?1 AND run.enrollment IS NULL AND run.name=?2 AND "
                     "run.kind='watch' AND run.department=?3",
                     "itt", subject->patient, edge->watch, subject->department);
}

// Corrections are rare: what fired is looked through.
static bool has_fired_for(const struct edge *edge, int64_t reading) {
  struct stmt *rows = fired(edge);
  bool found = false;
  while (!found && stmt_row(rows)) {
    size_t len;
    const char *bytes = stmt_bytes(rows, 0, &len);
    found = reading_in(bytes, len, NULL) == reading;
  }
  stmt_done(rows);
  return found;
}

static bool is_rearmed(const struct edge *edge, const struct kept *kept) {
  int64_t due = 0;
  struct status status = {0};
  return edge->rearm && kept->at &&
         !facts_time(&edge->subject, edge->rearm, kept->at, &due, &status) &&
         due <= kernel_now(edge->subject.care->kernel);
}

// What it fired for may have been taken back since: then it is as if it had not.
static bool is_on(const struct edge *edge, const struct kept *kept) {
  return kept->on &&
         (!kept->reading || observation_counts(edge->subject.care, kept->reading));
}

bool edge_rises(const struct edge *edge) {
  struct buf key = {0};
  bool corrects;
  int64_t reading = reading_of(edge, &corrects);
  key_of(edge, &key);
  struct kept kept = load(edge, key.data);
  bool rises = (!is_on(edge, &kept) || is_rearmed(edge, &kept)) &&
               !(corrects && has_fired_for(edge, reading));
  bool changed = rises || !kept.on;
  kept.on = true;
  if (rises) {
    kept.at = kernel_now(edge->subject.care->kernel);
    kept.reading = reading;
  }
  if (changed) save(edge, key.data, &kept);
  buf_deinit(&key);
  return rises;
}

void edge_falls(const struct edge *edge) {
  struct buf key = {0};
  key_of(edge, &key);
  struct kept kept = load(edge, key.data);
  if (kept.on) {
    kept.on = false;
    save(edge, key.data, &kept);
  }
  buf_deinit(&key);
}
