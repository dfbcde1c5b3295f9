#include <string.h>

#include "base/mem.h"
#include "care/inbox_field.h"
#include "care/job.h"

enum { REASON_MOST = 1000 };

struct retry {
  int64_t job_run, job;
  char staff[STAFF_SIZE];
  char *reason;
};

static int retry_read(const struct value *body, struct retry *out,
                      struct status *status) {
  *out = (struct retry){0};
  if (field_id(body, "job_run", &out->job_run, status) ||
      field_staff(body, out->staff, status) ||
      field_text(body, "reason", REASON_MOST, &out->reason, status))
    return status->code;
  if (!out->reason || !*out->reason)
    return status_fail(status, ERR_INVALID,
                       "field \"reason\" is missing; say in a few words why");
  return OK;
}

// One whose job the scripts have no more has no next time.
static int check(struct care *care, struct retry *retry, struct status *status) {
  int64_t next = 0;
  bool stuck = false;
  struct stmt *row =
      store_query(care->store,
                  "SELECT job.id, status='stuck', next_at FROM job_run JOIN job ON "
                  "job.id=job_run.job WHERE job_run.id=?1",
                  "i", retry->job_run);
  if (stmt_row(row)) {
    retry->job = stmt_int(row, 0);
    stuck = stmt_int(row, 1);
    next = stmt_int(row, 2);
  }
  stmt_done(row);
  if (!retry->job) return status_fail(status, ERR_NOT_FOUND, "there is no such run");
  if (!stuck)
    return status_fail(status, ERR_CONFLICT,
                       "this run is done, so it can't be made again: only one that "
                       "failed can be");
  if (!next)
    return status_fail(status, ERR_CONFLICT,
                       "the scripts have this job no more, so it can't be made again");
  return OK;
}

static void retry_apply(struct care *care, const struct retry *retry) {
  struct buf object = {0};
  due_add(care->kernel, DUE_PLAN, kernel_now(care->kernel), WORK_JOB, -retry->job_run,
          -retry->job);
  buf_printf(&object, "job:%lld", (long long)retry->job_run);
  care_audit(care, retry->staff, "job.retry", buf_text(&object), retry->reason);
  buf_deinit(&object);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct retry retry;
  int code = retry_read(&row->body, &retry, status);
  if (!code) code = check(care, &retry, status);
  if (!code) retry_apply(care, &retry);
  mem_free(retry.reason);
  return code;
}

void job_retry_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "job.retry", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
