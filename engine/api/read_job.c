// Departments' recurring jobs, and the runs of one.
#include "api/access.h"
#include "api/known.h"
#include "api/read.h"

// The last run is the one that was made last.
#define LAST \
  "(SELECT id FROM job_run WHERE job_run.job=job.id ORDER BY at DESC, id DESC LIMIT 1)"
// Its times are what follows the zone.
#define JOB_COLUMNS                                                             \
  "job.id, job.department, job.name, substr(rhythm, instr(rhythm, '; ') + 2), " \
  "next_at, last.id, last.scheduled_at, last.at, last.status, last.cause, last.note"
static const char job_columns[] =
    "id:@j department:s job:s at:s next_at:z last_run:@g last_for:z last_at:z "
    "last_status:s last_cause:s last_note:s";
#define JOBS                                                                \
  "SELECT " JOB_COLUMNS " FROM job LEFT JOIN job_run last ON last.id=" LAST \
  " WHERE " ACCESS_DEPARTMENT("job.department", "1") " AND job.id>?2"
#define RUN_COLUMNS                                                                 \
  "job_run.id, job_run.department, job_run.name, scheduled_at, at, status, cause, " \
  "note, substr(bundle.digest, 1, 12)"
static const char run_columns[] =
    "id:@g department:s name:s scheduled_at:z ended_at:z status:s cause:s note:s "
    "version:s";
#define RUN_FROM " FROM job_run LEFT JOIN bundle ON bundle.id=job_run.bundle "

void read_jobs(struct call *call) {
  struct list list;
  bool bad = false;
  const char *department = known_department_filter(call, &bad);
  const char *status = call_filter_word(call, "status", "done stuck", &bad);
  if (bad || !list_begin(&list, call, 'j')) return;
  struct stmt *row = store_query(
      call->care->store,
      JOBS
      " AND (?4 IS NULL OR job.department=?4) AND (?5 IS NULL OR last.status=?5) "
      "ORDER BY job.id LIMIT ?3",
      "tiitt", access_departments(call), list.after, list.limit + 1, department, status);
  while (list_row(&list, row)) call_put_row(call, &list.json, row, job_columns);
  stmt_done(row);
  list_end(&list);
}

static void put_state(struct json *json, struct store *store, int64_t job) {
  struct stmt *row = store_query(store, "SELECT state FROM job WHERE id=?1", "i", job);
  struct value state = {0};
  size_t len = 0;
  const char *bytes = stmt_row(row) ? stmt_bytes(row, 0, &len) : NULL;
  if (len) value_read(bytes, len, &state);
  json_key(json, "state");
  json_value(json, &state);
  stmt_done(row);
}

// Newest first.
static void put_runs(struct call *call, struct json *json, int64_t job) {
  struct stmt *row = store_query(call->care->store,
                                 "SELECT " RUN_COLUMNS RUN_FROM
                                 "WHERE job=?1 ORDER BY at DESC, job_run.id DESC LIMIT "
                                 "200",
                                 "i", job);
  json_key(json, "runs");
  json_open(json, '[');
  while (stmt_row(row)) call_put_row(call, json, row, run_columns);
  stmt_done(row);
  json_close(json, ']');
}

void read_job(struct call *call) {
  struct buf out = {0};
  struct json json = {.out = &out};
  int64_t id = call_row(call, 1, 'j');
  struct stmt *row = store_query(call->care->store, JOBS " AND job.id=?3", "tii",
                                 access_departments(call), id ? id - 1 : 0, id);
  bool found = stmt_row(row);
  if (found) {
    json_open(&json, '{');
    call_put_fields(call, &json, row, job_columns);
  }
  stmt_done(row);
  if (found) {
    put_state(&json, call->care->store, id);
    put_runs(call, &json, id);
    json_close(&json, '}');
    call_send(call, 200, &out, NULL);
  } else {
    call_problem(call, 404, "there is no such job among those you see");
  }
  buf_deinit(&out);
}

int64_t read_job_run_find(struct call *call) {
  return store_int(
      call->care->store, 0,
      "SELECT id FROM job_run WHERE id=?2 AND " ACCESS_DEPARTMENT("department", "1"),
      "ti", access_departments(call), call_row(call, 1, 'g'));
}

void read_job_run_fields(struct call *call, struct json *json, int64_t id) {
  struct stmt *row = store_query(
      call->care->store, "SELECT " RUN_COLUMNS RUN_FROM "WHERE job_run.id=?1", "i", id);
  if (stmt_row(row)) call_put_fields(call, json, row, run_columns);
  stmt_done(row);
}
