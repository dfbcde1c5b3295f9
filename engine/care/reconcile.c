#include "care/reconcile.h"

#include "base/log.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/ids.h"
#include "care/mapping.h"

enum { AT_MS = 150 * CIVIL_MINUTE_MS, NAMED = 5 };  // 02:30; faults named one by one

struct night {
  int64_t event, enrollment, run, skip;  // ids up to which it has counted
  int64_t attempted, due, eligible, enrolled, reached, faults;
  struct buf reason;
};

static int64_t next_night(struct care *care) {
  const struct zone *zone = care_site_zone(care);
  int64_t now = kernel_now(care->kernel);
  int64_t day = civil_floor_div(zone_to_local(zone, now), CIVIL_DAY_MS), at = 0;
  for (int i = 0; at <= now; i++)
    at = zone_from_local(zone, (day + i) * CIVIL_DAY_MS + AT_MS);
  return at;
}

static void arm(struct care *care) {
  due_add(care->store, DUE_HOUSE, next_night(care), WORK_NIGHTLY, 0, 0);
}

int reconcile_arm(struct care *care, struct status *status) {
  if (store_int(care->store, 0, "SELECT 1 FROM due WHERE class=?1 AND kind=?2", "ii",
                (int64_t)DUE_HOUSE, (int64_t)WORK_NIGHTLY))
    return OK;
  if (store_begin(care->store, status)) return status->code;
  arm(care);
  return store_commit(care->store, status);
}

bool reconcile_last(struct care *care, struct buf *out) {
  struct stmt *row =
      store_query(care->store, "SELECT value FROM meta WHERE key='reconciliation'", "");
  size_t len = 0;
  const void *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len) buf_put(out, bytes, len);
  stmt_done(row);
  return len > 0;
}

static int64_t id_of(const struct value *last, const char *key) {
  struct value id = value_field(last, key);
  return value_int_or(&id, 0);
}

// By ids, which rise with time, so that a night costs what a day brought.
static void count(struct care *care, const struct value *last, struct night *night) {
  struct store *store = care->store;
  night->event = store_int(store, 0, "SELECT max(id) FROM event", "");
  night->enrollment = store_int(store, 0, "SELECT max(id) FROM enrollment", "");
  night->run = store_int(store, 0, "SELECT max(id) FROM run", "");
  night->skip = store_int(store, 0, "SELECT max(id) FROM skip", "");
  int64_t run = id_of(last, "run");
  night->eligible = store_int(
      store, 0,
      "SELECT count(*) FROM event JOIN patient ON patient.id=event.patient LEFT JOIN "
      "encounter ON encounter.id=event.encounter WHERE event.id>?1 AND "
      "event.kind='discharge' AND died_at IS NULL AND coalesce(leaving,'order') NOT IN "
      "('death','transfer','against-advice')",
      "i", id_of(last, "event"));
  night->enrolled =
      store_int(store, 0, "SELECT count(DISTINCT event) FROM enrollment WHERE id>?1", "i",
                id_of(last, "enrollment"));
  night->due = store_int(store, 0,
                         "SELECT (SELECT count(*) FROM run WHERE id>?1 AND kind='step')+"
                         "(SELECT count(*) FROM skip WHERE id>?2)",
                         "ii", run, id_of(last, "skip"));
  night->attempted = store_int(
      store, 0,
      "SELECT count(*) FROM run WHERE id>?1 AND kind='step' AND (EXISTS (SELECT 1 FROM "
      "message m WHERE m.patient=run.patient AND m.run=run.id AND attempts>0) OR EXISTS "
      "(SELECT 1 FROM task t WHERE t.patient=run.patient AND t.run=run.id))",
      "i", run);
  night->reached = store_int(
      store, 0,
      "SELECT count(*) FROM run WHERE id>?1 AND kind='step' AND (EXISTS (SELECT 1 FROM "
      "message m WHERE m.patient=run.patient AND m.run=run.id AND accepted_at IS NOT "
      "NULL) OR EXISTS (SELECT 1 FROM task t WHERE t.patient=run.patient AND "
      "t.run=run.id "
      "AND status='done'))",
      "i", run);
}

static void name_faults(struct night *night, const char *what, struct stmt *rows) {
  struct ids ids = ids_read(rows);
  int64_t here = 0;
  for (int64_t id; ids_next(&ids, &id); here++) {
    if (!here) buf_printf(&night->reason, "%s%s", night->reason.len ? "; " : "", what);
    if (here < NAMED) buf_printf(&night->reason, " %lld", (long long)id);
  }
  if (here > NAMED)
    buf_printf(&night->reason, " and %lld more", (long long)(here - NAMED));
  night->faults += here;
}

#define HAS_DUE(class, at, kind, ref)                                      \
  "EXISTS (SELECT 1 FROM due WHERE due.class=" class " AND due.at=" at     \
                                                     " AND due.kind=" kind \
                                                     " AND due.ref=" ref ")"

static void find_faults(struct care *care, struct night *night) {
  struct store *store = care->store;
  name_faults(night, "enrollments without a plan:",
              store_query(store,
                          "SELECT id FROM enrollment e WHERE status='active' AND CASE "
                          "WHEN next_at IS NULL THEN NOT EXISTS (SELECT 1 FROM run WHERE "
                          "run.patient=e.patient AND run.enrollment=e.id AND run.status "
                          "IN ('ready','waiting','paused')) ELSE NOT " HAS_DUE(
                              "5", "e.next_at", "7", "e.id") " END",
                          ""));
  name_faults(
      night, "alerts without a deadline:",
      store_query(store,
                  "SELECT id FROM alert a WHERE status<>'closed' AND NOT " HAS_DUE(
                      "0", "a.next_at", "0", "a.id"),
                  ""));
  name_faults(
      night, "runs that nothing wakes:",
      store_query(
          store,
          "SELECT id FROM run r WHERE status IN ('ready','waiting') AND NOT " HAS_DUE(
              "2", "r.due_at", "2",
              "r.id") " AND CASE wait WHEN 'event' THEN 0 WHEN "
                      "'task' THEN NOT EXISTS (SELECT 1 FROM task WHERE "
                      "task.id=r.wait_ref AND "
                      "task.status IN ('open','held')) WHEN 'ask' THEN NOT EXISTS "
                      "(SELECT 1 FROM "
                      "message m WHERE m.patient=r.patient AND m.run=r.id AND m.status "
                      "IN "
                      "('planned','held','in_flight','in_doubt')) WHEN 'send' THEN NOT "
                      "EXISTS "
                      "(SELECT 1 FROM message m WHERE m.patient=r.patient AND m.run=r.id "
                      "AND "
                      "m.status IN ('planned','held','in_flight','in_doubt')) ELSE 1 END "
                      "UNION ALL "
                      "SELECT r.id FROM run r LEFT JOIN enrollment e ON "
                      "e.id=r.enrollment WHERE "
                      "r.status='paused' AND coalesce(e.status,'')<>'paused'",
          ""));
  name_faults(
      night, "messages that nothing sends:",
      store_query(store,
                  "SELECT id FROM message m WHERE status='held' AND NOT (" HAS_DUE(
                      "0", "m.due_at", "3", "m.id") " OR " HAS_DUE("3", "m.due_at", "3",
                                                                   "m.id") ")",
                  ""));
}

static void prepare(void *self, struct work *work) {
  struct night *night = mem_alloc(sizeof *night);
  struct buf bytes = {0};
  struct value last = {0};
  work->prepared = night;
  if (reconcile_last(self, &bytes)) value_read(bytes.data, bytes.len, &last);
  count(self, &last, night);
  buf_deinit(&bytes);
  find_faults(self, night);
}

static void keep(struct care *care, const struct night *night) {
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  mapping_int(&map, "at", kernel_now(care->kernel));
  mapping_int(&map, "attempted", night->attempted);
  mapping_int(&map, "due", night->due);
  mapping_int(&map, "eligible", night->eligible);
  mapping_int(&map, "enrolled", night->enrolled);
  mapping_int(&map, "enrollment", night->enrollment);
  mapping_int(&map, "event", night->event);
  mapping_int(&map, "faults", night->faults);
  mapping_int(&map, "reached", night->reached);
  mapping_int(&map, "run", night->run);
  mapping_int(&map, "skip", night->skip);
  mapping_end(&map);
  store_exec(care->store,
             "INSERT OR REPLACE INTO meta (key, value) VALUES ('reconciliation', ?1)",
             "b", body.data, body.len);
  buf_deinit(&body);
}

// Nothing is mended in silence: a fault here is one of the engine, and a person looks.
static void apply(void *self, struct work *work) {
  struct care *care = self;
  const struct night *night = work->prepared;
  keep(care, night);
  arm(care);
  if (night->faults)
    alert_open(care, &(struct alert_spec){.department = "",
                                          .name = "reconciliation",
                                          .level = "urgent",
                                          .reason = night->reason.data,
                                          .escalation = ""});
  log_line(night->faults ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "reconcile.done",
           "eligible=%lld enrolled=%lld due=%lld attempted=%lld reached=%lld faults=%lld "
           "reason=\"%s\"",
           (long long)night->eligible, (long long)night->enrolled, (long long)night->due,
           (long long)night->attempted, (long long)night->reached,
           (long long)night->faults, buf_text(&night->reason));
}

static void refuse(void *self, struct work *work, const struct status *why) {
  (void)work, (void)why;  // the kernel logs it
  arm(self);
}

static void release(void *self, struct work *work) {
  struct night *night = work->prepared;
  (void)self;
  buf_deinit(&night->reason);
  mem_free(night);
}

void reconcile_handlers(struct care *care) {
  static const struct work_handler handler = {
      .prepare = prepare, .apply = apply, .refuse = refuse, .release = release};
  kernel_handle(care->kernel, WORK_NIGHTLY, &handler, care);
}
