// The version that some enrollments of a pathway follow, and the one that the others do,
// side by side since the first began: counted beside the loop.
#include <string.h>

#include "api/access.h"
#include "api/beside.h"
#include "api/known.h"
#include "api/read.h"
#include "base/mem.h"

struct side {
  int64_t patients, enrollments, runs, done, stuck, messages, accepted, asked, answered,
      alerts;
};

struct comparison {
  struct beside beside;
  char *department, *pathway;
  int64_t canary, other, since, until;  // other, until: 0 while it is going on
  char *ended, *ended_by;               // promoted, withdrawn or replaced; else NULL
  struct side sides[2];                 // the others; those that follow the canary
};

static void drop(void *self) {
  struct comparison *comparison = self;
  mem_free(comparison->department);
  mem_free(comparison->pathway);
  mem_free(comparison->ended);
  mem_free(comparison->ended_by);
  mem_free(comparison);
}

// A run belongs to the side that it began on: those that moved when the trial was over
// were of the other.
static void count(void *self, struct store *store) {
  struct comparison *comparison = self;
  struct stmt *row = store_query(
      store,
      "WITH r AS (SELECT id, patient, enrollment, status, CASE WHEN ?5=0 THEN bundle "
      "ELSE "
      "coalesce((SELECT began FROM run_version WHERE run=run.id ORDER BY at LIMIT 1), "
      "bundle) END=?3 AS tried FROM run WHERE started_at>=?4 AND (?5=0 OR "
      "started_at<?5) AND department=?1 AND pathway=?2 AND kind='step'), m AS "
      "(SELECT r.*, (SELECT count(*) FROM message WHERE message.patient=r.patient AND "
      "run=r.id AND kind IN ('ask','send')) AS messages, (SELECT count(*) FROM message "
      "WHERE message.patient=r.patient AND run=r.id AND kind IN ('ask','send') AND "
      "accepted_at IS NOT NULL) AS accepted, (SELECT count(*) FROM question WHERE "
      "question.patient=r.patient AND run=r.id) AS asked, (SELECT count(*) FROM question "
      "WHERE question.patient=r.patient AND run=r.id AND answer IS NOT NULL) AS "
      "answered FROM r) SELECT tried, count(DISTINCT patient), count(DISTINCT "
      "enrollment), count(*), sum(status='done'), sum(status='stuck'), sum(messages), "
      "sum(accepted), sum(asked), sum(answered), (SELECT count(*) FROM alert WHERE "
      "alert.opened_at>=?4 AND (?5=0 OR alert.opened_at<?5) AND alert.patient IS NOT "
      "NULL AND alert.enrollment IN (SELECT "
      "enrollment FROM r n WHERE n.tried=m.tried)) FROM m GROUP BY tried",
      "ttiii", comparison->department, comparison->pathway, comparison->canary,
      comparison->since, comparison->until);
  while (stmt_row(row)) {
    struct side *side = &comparison->sides[stmt_int(row, 0) ? 1 : 0];
    *side = (struct side){stmt_int(row, 1), stmt_int(row, 2), stmt_int(row, 3),
                          stmt_int(row, 4), stmt_int(row, 5), stmt_int(row, 6),
                          stmt_int(row, 7), stmt_int(row, 8), stmt_int(row, 9),
                          stmt_int(row, 10)};
  }
  stmt_done(row);
}

// Hundredths; nothing of nothing.
static void put_share(struct json *json, const char *key, int64_t part, int64_t whole) {
  json_key(json, key);
  if (whole)
    json_int(json, (part * 100 + whole / 2) / whole);
  else
    json_null(json);
}

static void put_side(struct json *json, const char *key, const struct side *side) {
  json_key(json, key);
  json_open(json, '{');
  json_number(json, "patients", side->patients);
  json_number(json, "enrollments", side->enrollments);
  json_number(json, "runs", side->runs);
  json_number(json, "messages", side->messages);
  put_share(json, "reached_percent", side->accepted, side->messages);
  json_number(json, "asked", side->asked);
  put_share(json, "answered_percent", side->answered, side->asked);
  json_number(json, "alerts", side->alerts);
  put_share(json, "alerts_per_100_patients", side->alerts, side->patients);
  put_share(json, "completed_percent", side->done, side->runs);
  json_number(json, "stuck", side->stuck);
  json_close(json, '}');
}

static void put_versions(struct call *call, struct json *json,
                         const struct comparison *comparison) {
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT substr(digest, 1, 12), (SELECT substr(digest, "
                  "1, 12) FROM bundle b WHERE b.id=?1) FROM bundle WHERE "
                  "department=?2 AND CASE ?3 WHEN 0 THEN active=1 ELSE "
                  "id=?3 END",
                  "iti", comparison->canary, comparison->department, comparison->other);
  if (stmt_row(row)) call_put_fields(call, json, row, "version:s tried_version:s");
  stmt_done(row);
}

static void put_end(struct call *call, struct json *json,
                    const struct comparison *comparison) {
  json_key(json, "ended");
  json_text(json, comparison->ended);
  json_key(json, "ended_at");
  json_time(json, comparison->until, care_site_zone(call->care));
  json_key(json, "ended_by");
  json_text(json, comparison->ended_by);
}

static void answer(void *self, struct call *call) {
  const struct comparison *comparison = self;
  struct buf out = {0};
  struct json json = {.out = &out};
  json_open(&json, '{');
  json_key(&json, "department");
  json_text(&json, comparison->department);
  json_key(&json, "pathway");
  json_text(&json, comparison->pathway);
  json_key(&json, "since");
  json_time(&json, comparison->since, care_site_zone(call->care));
  put_end(call, &json, comparison);
  put_versions(call, &json, comparison);
  put_side(&json, "active", &comparison->sides[0]);
  put_side(&json, "tried", &comparison->sides[1]);
  json_close(&json, '}');
  call_send(call, 200, &out, NULL);
  buf_deinit(&out);
}

static bool is_tried(struct stmt *row, const char *pathway) {
  struct value all, pathways, body, rollout;
  size_t len;
  const char *bytes = stmt_bytes(row, 7, &len);
  if (!value_read(bytes, len, &all)) return false;
  pathways = value_field(&all, "pathway");
  body = value_field(&pathways, pathway);
  rollout = value_field(&body, "rollout");
  return rollout.kind != VALUE_NIL;
}

static char *copy(struct stmt *row, int column) {
  return stmt_null(row, column) ? NULL : mem_copy_text(stmt_text(row, column));
}

static struct comparison *comparison_new(struct stmt *row, const char *pathway) {
  struct comparison *comparison = mem_alloc(sizeof *comparison);
  *comparison =
      (struct comparison){.beside = {.count = count, .answer = answer, .free = drop},
                          .department = mem_copy_text(stmt_text(row, 0)),
                          .pathway = mem_copy_text(pathway),
                          .canary = stmt_int(row, 1),
                          .since = stmt_int(row, 2),
                          .until = stmt_int(row, 3),
                          .other = stmt_int(row, 4),
                          .ended = copy(row, 5),
                          .ended_by = copy(row, 6)};
  return comparison;
}

// Of the canary that has a rollout for this pathway, or else the last that had.
static struct comparison *find(struct call *call, const char *pathway,
                               const char *department) {
  struct comparison *found = NULL;
  struct stmt *row =
      store_query(call->care->store,
                  "SELECT canary.department, bundle, since, ended_at, beside, ended, "
                  "ended_by, definitions FROM canary JOIN bundle ON "
                  "bundle.id=canary.bundle WHERE " ACCESS_DEPARTMENT(
                      "canary.department", "1") " AND (?2 IS NULL OR "
                  "canary.department=?2) ORDER BY ended_at IS NOT NULL, ended_at DESC",
                  "tt", access_departments(call), department);
  while (!found && stmt_row(row))
    if (is_tried(row, pathway)) found = comparison_new(row, pathway);
  stmt_done(row);
  return found;
}

void read_compare(struct call *call) {
  bool bad = false;
  const char *pathway = call->segments[1],
             *department = known_department_filter(call, &bad);
  if (bad) return;
  struct comparison *comparison = find(call, pathway, department);
  if (!comparison) {
    if (known_pathway(call, department, pathway))
      call_problem(call, 409, "no version of pathway '%.60s' is or was tried on some",
                   pathway);
    return;
  }
  beside_begin(comparison, call);
}
