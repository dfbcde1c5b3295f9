#include "care/reconcile_fault.h"

#define HAS_DUE(class, at, kind, ref)                                      \
  "EXISTS (SELECT 1 FROM due WHERE due.class=" class " AND due.at=" at     \
                                                     " AND due.kind=" kind \
                                                     " AND due.ref=" ref ")"
// Its ladder's rung has a time, or a call that somebody is to make.
#define CLIMBS(r) \
  "EXISTS (SELECT 1 FROM ladder l JOIN rung g ON g.ladder=l.id AND g.position=l.at"     \
  " WHERE l.run=" r ".id AND l.closed_at IS NULL AND (" HAS_DUE("3", "l.due_at", "13",  \
                                                                "l.id")                 \
  " OR EXISTS (SELECT 1 FROM task WHERE task.id=g.task AND task.status IN"             \
  " ('open','held'))))"
#define ASKED(r)                                                                   \
  "NOT EXISTS (SELECT 1 FROM message m WHERE m.patient=" r ".patient AND m.run=" r \
  ".id AND m.status IN ('planned','held','in_flight','in_doubt')) AND NOT " CLIMBS(r)

struct kind {
  const char *what, *sql;  // ids of those behind ?1, up to ?2
};

static const struct kind kinds[NIGHT_FAULTS] = {
    {"enrollments without a plan:",
     "SELECT id FROM enrollment e WHERE id>?1 AND id<=?2 AND status='active' AND CASE "
     "WHEN next_at IS NULL THEN NOT EXISTS (SELECT 1 FROM run WHERE "
     "run.patient=e.patient AND run.enrollment=e.id AND run.status IN "
     "('ready','waiting','paused','stuck')) ELSE NOT " HAS_DUE("5", "e.next_at", "7",
                                                               "e.id") " END"},
    {"alerts without a deadline:",
     "SELECT id FROM alert a WHERE id>?1 AND id<=?2 AND status<>'closed' AND "
     "NOT " HAS_DUE("0", "a.next_at", "0", "a.id")},
    {"runs that nothing wakes:",
     "SELECT id FROM run r WHERE id>?1 AND id<=?2 AND status IN ('ready','waiting') AND "
     "NOT " HAS_DUE(
         "2", "r.due_at", "2",
         "r.id") " AND CASE wait WHEN 'event' THEN 0 "
                 "WHEN 'task' THEN NOT EXISTS (SELECT 1 FROM task WHERE "
                 "task.id=r.wait_ref AND "
                 "task.status IN ('open','held')) WHEN 'ask' THEN " ASKED(
                     "r") " WHEN 'send' "
                          "THEN " ASKED("r") " ELSE 1 END UNION ALL SELECT r.id FROM run "
                                             "r LEFT JOIN "
                                             "enrollment e ON e.id=r.enrollment WHERE "
                                             "r.id>?1 AND r.id<=?2 AND "
                                             "r.status='paused' AND "
                                             "r.paused_by IS NULL AND "
                                             "coalesce(e.status,'')<>'paused'"},
    {"messages that nothing sends:",
     "SELECT id FROM message m WHERE id>?1 AND id<=?2 AND status='held' AND (reason="
     "'queued' AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.message=m.id) OR NOT "
     "(" HAS_DUE("0", "m.due_at", "3", "m.id") " OR " HAS_DUE("3", "m.due_at", "3",
                                                              "m.id") "))"},
};

static void find(struct stmt *row, struct night_fault *fault) {
  for (; stmt_row(row); fault->count++)
    if (fault->count < NIGHT_NAMED) fault->first[fault->count] = stmt_int(row, 0);
  stmt_done(row);
}

void reconcile_find_faults(struct care *care, int64_t from, int64_t until,
                           const int64_t newest[NIGHT_FAULTS],
                           struct night_fault faults[NIGHT_FAULTS]) {
  for (int i = 0; i < NIGHT_FAULTS; i++)
    if (newest[i] > from)
      find(store_query(care->store, kinds[i].sql, "ii", from, until), &faults[i]);
}

int64_t reconcile_tell_faults(const struct night_fault faults[NIGHT_FAULTS],
                              struct buf *out) {
  int64_t all = 0;
  for (int i = 0; i < NIGHT_FAULTS; i++) {
    const struct night_fault *fault = &faults[i];
    if (fault->count) buf_printf(out, "%s%s", out->len ? "; " : "", kinds[i].what);
    for (int n = 0; n < NIGHT_NAMED && n < fault->count; n++)
      buf_printf(out, " %lld", (long long)fault->first[n]);
    if (fault->count > NIGHT_NAMED)
      buf_printf(out, " and %lld more", (long long)(fault->count - NIGHT_NAMED));
    all += fault->count;
  }
  return all;
}
