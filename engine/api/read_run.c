// Runs: lists of them, and one with all that can be known of it.
#include <string.h>

#include "api/access.h"
#include "api/case_view.h"
#include "api/known.h"
#include "api/read.h"
#include "base/mem.h"
#include "base/span.h"
#include "run/run.h"

// Neither the active version nor the one that some follow.
#define BEHIND                                                                   \
  "run.bundle NOT IN (SELECT id FROM bundle b WHERE b.department=run.department" \
  " AND b.active=1 UNION ALL SELECT c.bundle FROM canary c WHERE"                \
  " c.department=run.department AND c.ended_at IS NULL)"
// A paused one's due_at is how long it had left.
#define RUN_COLUMNS                                                                   \
  "run.id, patient, enrollment, run.department, pathway, kind, name, day, status,"    \
  " wait, wait_label, CASE WHEN status<>'paused' THEN due_at END, records,"           \
  " scheduled_at, started_at, ended_at, result, cause, paused_by,"                    \
  " substr(bundle.digest, 1, 12), ended_at IS NULL AND " BEHIND ", CASE WHEN " BEHIND \
  " THEN tried.reason END, CASE WHEN " BEHIND                                         \
  " THEN tried.waived_by END, CASE WHEN " BEHIND " THEN tried.waived_reason END"
static const char run_columns[] =
    "id:@r patient:@p enrollment:@e department:s pathway:s kind:s name:s day:s status:s "
    "wait:s wait_label:s due_at:z records:i scheduled_at:z started_at:z ended_at:z "
    "result:s cause:s paused_by:s version:s behind:b stayed:s waived_by:s "
    "waived_reason:s";
enum { ENROLLMENT_COLUMN = 2 };
#define RUN_FROM                                                                   \
  " FROM run LEFT JOIN bundle ON bundle.id=run.bundle LEFT JOIN run_version tried" \
  " ON tried.run=run.id AND tried.bundle=(SELECT id FROM bundle b WHERE"           \
  " b.department=run.department AND b.active=1) "

// A head for each index, so that a long past costs nothing.
#define RUNS(head) \
  "SELECT " RUN_COLUMNS RUN_FROM "WHERE " head                                       \
  " AND run.id>?2 AND " ACCESS_DEPARTMENT("run.department", "1")                     \
  " AND (?4 IS NULL OR status=?4) AND (?5 IS NULL OR run.department=?5)"             \
  " AND (?7 IS NULL OR wait=?7) AND (?8 IS NULL OR started_at<=?8)"                  \
  " AND (?9 IS NULL OR substr(bundle.digest, 1, length(?9))=?9)"                     \
  " AND (?10 IS NULL OR ended_at IS NULL AND " BEHIND ")"                          \
  " ORDER BY run.id LIMIT ?3"
#define PATIENTS_RUNS                                                              \
  "(enrollment IN (SELECT id FROM enrollment WHERE patient=?6) OR (patient=?6 AND" \
  " enrollment IS NULL AND status IN ('ready','waiting','paused')))"

// Their ids alone, from the index, so that those that have ended are not passed.
#define AMONG_LIVE                                                                  \
  "run.id IN (SELECT r.id FROM run r INDEXED BY run_department WHERE r.ended_at IS" \
  " NULL AND r.id>?2)"

struct filters {
  const char *status, *department, *wait, *version, *behind;
  int64_t patient, before;  // 0: any
};

// "3d": begun so long ago or longer; 0 when absent.
static int64_t filter_age(struct call *call, bool *bad) {
  const char *age = call_filter(call, "age", bad);
  int64_t now = kernel_now(call->care->kernel), after;
  struct status status = {0};
  struct span span;
  if (*bad || !age) return 0;
  if (!span_parse(age, &span, &status) &&
      !span_add(now, &span, care_site_zone(call->care),
                catalog_calendar(call->care->catalog, "", NULL), &after, &status))
    return now - (after - now);
  *bad = true;
  call_problem(call, 400, "age: %s", status.text);
  return 0;
}

static bool filters_read(struct call *call, struct filters *out) {
  bool bad = false;
  *out = (struct filters){0};
  out->status =
      call_filter_word(call, "status", "ready waiting paused done stuck ended", &bad);
  if (!bad) out->wait = call_filter_word(call, "wait", "ask send task event time", &bad);
  if (!bad) out->department = known_department_filter(call, &bad);
  if (!bad) out->version = known_version_filter(call, &bad);
  if (!bad) out->behind = call_filter_word(call, "behind", "yes", &bad);
  if (!bad) out->patient = call_filter_id(call, "patient", 'p', &bad);
  if (!bad) out->before = filter_age(call, &bad);
  return !bad;
}

static bool is_live(const struct filters *filters) {
  const char *status = filters->status;
  if (filters->wait || filters->behind) return true;
  return status && strcmp(status, "done") && strcmp(status, "stuck") &&
         strcmp(status, "ended");
}

static const char *choose(const struct filters *filters) {
  if (filters->patient) return RUNS(PATIENTS_RUNS);
  if (filters->status && !strcmp(filters->status, "stuck"))
    return RUNS("?6 IS NULL AND status='stuck'");
  if (filters->department && is_live(filters))
    return RUNS("?6 IS NULL AND run.department=?5 AND ended_at IS NULL");
  if (is_live(filters)) return RUNS("?6 IS NULL AND " AMONG_LIVE);
  return RUNS("?6 IS NULL");
}

void read_runs(struct call *call) {
  struct list list;
  struct filters filters;
  if (!filters_read(call, &filters) || !list_begin(&list, call, 'r')) return;
  struct stmt *row = store_query(
      call->care->store, choose(&filters), "tiittItItt", access_departments(call),
      list.after, list.limit + 1, filters.status, filters.department, filters.patient,
      filters.wait, filters.before, filters.version, filters.behind);
  while (list_row(&list, row)) {
    case_view_veil(call, stmt_int(row, ENROLLMENT_COLUMN));
    call_put_row(call, &list.json, row, run_columns);
  }
  stmt_done(row);
  list_end(&list);
}

void read_run_fields(struct call *call, struct json *json, int64_t id) {
  struct stmt *row = store_query(
      call->care->store, "SELECT " RUN_COLUMNS RUN_FROM "WHERE run.id=?1", "i", id);
  if (stmt_row(row)) call_put_fields(call, json, row, run_columns);
  stmt_done(row);
}
