#include "care/run_deed.h"

#include <string.h>

#include "base/mem.h"
#include "care/enrollment.h"
#include "care/inbox_field.h"
#include "care/message.h"
#include "care/question.h"
#include "care/run_reset.h"
#include "care/run_upgrade.h"
#include "care/task.h"

enum { REASON_MOST = 1000 };

struct deed {
  struct care *care;
  struct run run;
  char staff[STAFF_SIZE];
  char *reason;
  const struct value *body;
};

static bool is(const struct run *run, const char *status) {
  return !strcmp(run->status, status);
}

static bool is_live(const struct run *run) {
  return is(run, "ready") || is(run, "waiting") || is(run, "paused");
}

static int not_so(const struct run *run, const char *what, const char *wanted,
                  struct status *status) {
  return status_fail(status, ERR_CONFLICT, "this run is %s, so it can't be %s: %s",
                     run->status, what, wanted);
}

static int deed_read(struct care *care, const struct inbox_row *row, struct deed *out,
                     struct status *status) {
  int64_t id;
  *out = (struct deed){.care = care, .body = &row->body};
  if (field_id(&row->body, "run", &id, status) ||
      field_staff(&row->body, out->staff, status) ||
      field_text(&row->body, "reason", REASON_MOST, &out->reason, status))
    return status->code;
  if (!out->reason || !*out->reason)
    return status_fail(status, ERR_INVALID,
                       "field \"reason\" is missing; say in a few words why");
  if (!run_load(care->store, id, &out->run))
    return status_fail(status, ERR_NOT_FOUND, "there is no such run");
  return OK;
}

static void deed_deinit(struct deed *deed) {
  run_deinit(&deed->run);
  mem_free(deed->reason);
}

bool run_is_held(struct store *store, int64_t run) {
  return store_int(store, 0, "SELECT 1 FROM run WHERE id=?1 AND paused_by IS NOT NULL",
                   "i", run);
}

static int pause(struct deed *deed, struct status *status) {
  if (!is_live(&deed->run)) return not_so(&deed->run, "paused", "it has ended", status);
  run_pause(deed->care->kernel, deed->run.id);
  store_exec(deed->care->store, "UPDATE run SET paused_by=?2 WHERE id=?1", "it",
             deed->run.id, deed->staff);
  return OK;
}

static int resume(struct deed *deed, struct status *status) {
  struct care *care = deed->care;
  if (!is(&deed->run, "paused") || !run_is_held(care->store, deed->run.id))
    return not_so(&deed->run, "resumed", "only what a person paused can be", status);
  store_exec(care->store, "UPDATE run SET paused_by=NULL WHERE id=?1", "i", deed->run.id);
  bool in_bed = store_int(care->store, 0,
                          "SELECT 1 FROM enrollment WHERE id=?1 AND status='paused'", "i",
                          deed->run.enrollment);
  if (!in_bed) run_resume(care->kernel, deed->run.id);
  return OK;
}

static void leave_question(struct care *care, const struct run *run) {
  if (!strcmp(run->wait, "ask") && run->wait_ref)
    question_leave(care, run->wait_ref, run->id, "cancelled");
}

static int cancel(struct deed *deed, struct status *status) {
  struct care *care = deed->care;
  if (!is_live(&deed->run))
    return not_so(&deed->run, "cancelled", "it has ended", status);
  run_finish(care->kernel, deed->run.id, "ended", "cancelled", deed->reason);
  task_withdraw_for_run(care, deed->run.id, "cancelled");
  message_cancel_for_run(care, deed->run.id, "cancelled");
  leave_question(care, &deed->run);
  if (deed->run.enrollment)
    enrollment_turned(care, deed->run.enrollment, deed->run.patient);
  return OK;
}

static int skip(struct deed *deed, struct status *status) {
  if (!is(&deed->run, "waiting"))
    return not_so(&deed->run, "moved on", "only one that waits can skip its wait",
                  status);
  run_time_up(deed->care, &deed->run, kernel_now(deed->care->kernel));
  return OK;
}

static int retry(struct deed *deed, struct status *status) {
  struct care *care = deed->care;
  if (!is(&deed->run, "stuck"))
    return not_so(&deed->run, "tried again", "only a stuck one can be", status);
  return run_revive(care, &deed->run, status);
}

static int reset(struct deed *deed, struct status *status) {
  char *label = NULL;
  int code = OK;
  if (!is_live(&deed->run) && !is(&deed->run, "stuck"))
    code = not_so(&deed->run, "reset", "it has ended", status);
  if (!code) code = field_text(deed->body, "label", 200, &label, status);
  if (!code && !label)
    code = status_fail(status, ERR_INVALID,
                       "field \"label\" is missing; give the word of the step's code to "
                       "go back to, such as a form or a task");
  if (!code) code = run_reset(deed->care, &deed->run, label, status);
  mem_free(label);
  return code;
}

static int waive(struct deed *deed, struct status *status) {
  return run_waive(deed->care, &deed->run, deed->staff, deed->reason, status);
}

static const struct verb {
  const char *name;
  int (*apply)(struct deed *deed, struct status *status);
} verbs[] = {{"pause", pause}, {"resume", resume}, {"cancel", cancel}, {"skip", skip},
             {"retry", retry}, {"reset", reset},   {"waive", waive}};

static const struct verb *find_verb(const struct value *body) {
  struct value name = value_field(body, "verb");
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
    if (value_is(&name, verbs[i].name)) return &verbs[i];
  return NULL;
}

static void audit(const struct deed *deed, const struct verb *verb) {
  struct buf object = {0}, action = {0};
  buf_printf(&object, "run:%lld", (long long)deed->run.id);
  buf_printf(&action, "run.%s", verb->name);
  care_audit(deed->care, deed->staff, buf_text(&action), buf_text(&object), deed->reason);
  buf_deinit(&object);
  buf_deinit(&action);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct deed deed;
  const struct verb *verb = find_verb(&row->body);
  int code = deed_read(self, row, &deed, status);
  if (!code && !verb)
    code = status_fail(status, ERR_INVALID,
                       "field \"verb\" must be pause, resume, cancel, skip, retry, reset "
                       "or waive");
  if (!code) code = verb->apply(&deed, status);
  if (!code) audit(&deed, verb);
  deed_deinit(&deed);
  return code;
}

void run_deed_handlers(struct care *care) {
  static const struct inbox_handler handler = {.kind = "run.deed", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
  run_upgrade_handlers(care);
}
