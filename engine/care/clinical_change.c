#include "care/clinical_change.h"

#include <string.h>

#include "care/discharge_undo.h"
#include "care/ids.h"
#include "care/mapping.h"

// The newest that is called so; of a stay, when the event names one.
static int64_t find(struct event_in *event, const char *kind, const struct coded *item) {
  return store_int(event->care->store, 0,
                   "SELECT id FROM clinical WHERE patient=?1 AND kind=?2 AND (?3 IS NULL "
                   "OR encounter IS ?3) AND code=?4 AND name=?5 AND withdrawn_at IS NULL "
                   "ORDER BY id DESC LIMIT 1",
                   "itItt", event->patient, kind, event->visit ? event->encounter : 0,
                   item->code, item->name);
}

static bool is_named(const struct value *body, const char *field, const char *text) {
  struct value told = value_field(body, field);
  return *text && value_is(&told, text);
}

// The events that told of it, by its code or by its name.
static struct ids events_of(struct event_in *event, const char *kind,
                            const struct coded *item) {
  struct ids ids = {0};
  struct stmt *rows = store_query(
      event->care->store,
      "SELECT id, body FROM event WHERE patient=?1 AND kind=?2 ORDER BY id DESC", "it",
      event->patient, kind);
  while (stmt_row(rows)) {
    struct value body = {0};
    size_t len = 0;
    const char *bytes = stmt_bytes(rows, 1, &len);
    if (len) value_read(bytes, len, &body);
    if (is_named(&body, "code", item->code) || is_named(&body, "name", item->name))
      ids_add(&ids, stmt_int(rows, 0));
  }
  stmt_done(rows);
  return ids;
}

// Scripts are asked again who is to be followed (happening_again.c).
static void look_again(struct event_in *event, const struct coded *item) {
  struct care *care = event->care;
  struct merge told = {0};
  merge_text(&told, "code", item->code);
  merge_text(&told, "name", item->name);
  int64_t id = event_tell(event, "coding-withdrawn", &told);
  due_add(care->kernel, DUE_EVENT, kernel_now(care->kernel), WORK_EVENT, id,
          event->patient);
}

static void withdraw(struct event_in *event, const char *kind, int64_t row,
                     const struct coded *item) {
  struct care *care = event->care;
  struct ids told = events_of(event, kind, item);
  store_exec(care->store, "UPDATE clinical SET withdrawn_at=?2, kept_at=?2 WHERE id=?1",
             "ii", row, kernel_now(care->kernel));
  for (int64_t id; ids_next(&told, &id);)
    event_undo(care, event->patient, id, "coding-withdrawn");
  look_again(event, item);
}

void clinical_withdraw(struct event_in *event, const char *kind,
                       const struct coded *item) {
  int64_t row = find(event, kind, item);
  if (row) withdraw(event, kind, row, item);
}

bool clinical_correct(struct event_in *event, const char *kind, const struct coded *was,
                      const struct coded *item) {
  struct care *care = event->care;
  int64_t row = find(event, kind, was), other = find(event, kind, item);
  if (!row) return false;
  if (other && other != row) {
    withdraw(event, kind, row, was);
    return true;
  }
  store_exec(care->store,
             "UPDATE clinical SET code=?2, name=?3, at=coalesce(nullif(?4,0),at), "
             "kept_at=?5 WHERE id=?1",
             "ittii", row, item->code, item->name, item->at, kernel_now(care->kernel));
  if (*was->code && strcmp(was->code, item->code) != 0) look_again(event, was);
  return true;
}

void clinical_restore(struct event_in *event, int64_t row) {
  store_exec(event->care->store,
             "UPDATE clinical SET withdrawn_at=NULL, kept_at=?2 WHERE id=?1", "ii", row,
             kernel_now(event->care->kernel));
}
