#include "care/reconcile.h"

#include "base/log.h"
#include "base/mem.h"
#include "care/alert.h"
#include "care/attachment.h"
#include "care/ids.h"
#include "care/mapping.h"
#include "care/reconcile_count.h"

enum { AT_MS = 150 * CIVIL_MINUTE_MS, NAMED = 5 };  // 02:30; faults named one by one

struct night {
  struct night_ids until;
  struct night_counts counts;
  int64_t faults;
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

static void count(struct care *care, const struct value *last, struct night *night) {
  struct night_ids from = {id_of(last, "event"), id_of(last, "enrollment"),
                           id_of(last, "run"), id_of(last, "skip")};
  reconcile_count(care, &from, &night->until, &night->counts);
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
  attachment_sweep(self);
}

static void keep(struct care *care, const struct night *night) {
  const struct night_counts *counts = &night->counts;
  const struct {
    const char *key;
    int64_t number;
  } fields[] = {{"at", kernel_now(care->kernel)},
                {"attempted", counts->attempted},
                {"deaths", counts->deaths},
                {"discharges", counts->discharges},
                {"due", counts->due},
                {"eligible", counts->eligible},
                {"enrolled", counts->enrolled},
                {"enrollment", night->until.enrollment},
                {"event", night->until.event},
                {"faults", night->faults},
                {"listed", counts->listed},
                {"reached", counts->reached},
                {"readmitted", counts->readmitted},
                {"run", night->until.run},
                {"skip", night->until.skip},
                {"transfers", counts->transfers}};
  struct buf body = {0};
  struct mapping map = mapping_begin(&body);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    mapping_int(&map, fields[i].key, fields[i].number);
  mapping_end(&map);
  store_exec(care->store,
             "INSERT OR REPLACE INTO meta (key, value) VALUES ('reconciliation', ?1)",
             "b", body.data, body.len);
  buf_deinit(&body);
}

static void tell(const struct night *night) {
  const struct night_counts *counts = &night->counts;
  log_line(night->faults ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "reconcile.done",
           "discharges=%lld deaths=%lld transfers=%lld readmitted=%lld listed=%lld "
           "eligible=%lld enrolled=%lld due=%lld attempted=%lld reached=%lld faults=%lld "
           "reason=\"%s\"",
           (long long)counts->discharges, (long long)counts->deaths,
           (long long)counts->transfers, (long long)counts->readmitted,
           (long long)counts->listed, (long long)counts->eligible,
           (long long)counts->enrolled, (long long)counts->due,
           (long long)counts->attempted, (long long)counts->reached,
           (long long)night->faults, buf_text(&night->reason));
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
  tell(night);
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
