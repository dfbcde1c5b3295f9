#include "care/task_inbox.h"

#include <string.h>

#include "base/iso.h"
#include "base/mem.h"
#include "care/case_receiver.h"
#include "care/mapping.h"
#include "care/quality_review.h"
#include "care/task_done.h"
#include "care/task_lost.h"

enum { NOTE_BYTES = 4000 };

int task_request_read(struct care *care, const struct inbox_row *row,
                      struct task_request *request, struct status *status) {
  int64_t id;
  struct value revision = value_field(&row->body, "revision");
  *request = (struct task_request){0};
  if (field_id(&row->body, "task", &id, status) ||
      field_staff(&row->body, request->staff, status))
    return status->code;
  if (!task_load(care->store, id, &request->task))
    return status_fail(status, ERR_NOT_FOUND, "there is no such task");
  if (revision.kind == VALUE_INT &&
      revision.integer !=
          store_int(care->store, 0, "SELECT revision FROM task WHERE id=?1", "i", id))
    return status_fail(status, ERR_CONFLICT,
                       "this task has changed since it was read; read it again");
  return OK;
}

static void tell_claim(struct inbox_row *row, const char *staff, int64_t until) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "claimed_by", staff);
  mapping_int(&map, "claimed_until", until);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

int task_refuse_claimed(struct care *care, const struct task *task,
                        struct status *status) {
  char until[ISO_SIZE];
  iso_format(task->claimed_until, care_zone(care, task->department), until);
  return status_fail(status, ERR_CONFLICT,
                     "this task is claimed by %s until %s; ask them to release it",
                     task->claimed_by, until);
}

static int do_claim(struct care *care, struct inbox_row *row,
                    struct task_request *request, struct status *status) {
  struct task *task = &request->task;
  if (!task_is(task, "open"))
    return status_fail(status, ERR_CONFLICT,
                       "this task is %s, so it can't be claimed; choose an open one",
                       task->status);
  if (case_refuse_accused(care, task->enrollment, request->staff, status))
    return status->code;
  if (quality_refuse_own(care, task->id, request->staff, status)) return status->code;
  bool mine = task->claimed_by && strcmp(task->claimed_by, request->staff) == 0;
  if (task->claimed_by && !mine) return task_refuse_claimed(care, task, status);
  if (!mine) task_claim(care, task, request->staff, task_shift_end(care, task));
  tell_claim(row, request->staff, task->claimed_until);
  return OK;
}

static int do_release(struct care *care, struct inbox_row *row,
                      struct task_request *request, struct status *status) {
  struct task *task = &request->task;
  (void)row;
  if (task->claimed_by && strcmp(task->claimed_by, request->staff))
    return task_refuse_claimed(care, task, status);
  task_unclaim(care, task);
  return OK;
}

static int with_request(struct care *care, struct inbox_row *row, struct status *status,
                        int (*fn)(struct care *care, struct inbox_row *row,
                                  struct task_request *request, struct status *status)) {
  struct task_request request;
  int code = task_request_read(care, row, &request, status);
  if (!code) code = fn(care, row, &request, status);
  task_deinit(&request.task);
  return code;
}

static int apply_claim(void *self, struct inbox_row *row, struct status *status) {
  return with_request(self, row, status, do_claim);
}

static int apply_release(void *self, struct inbox_row *row, struct status *status) {
  return with_request(self, row, status, do_release);
}

static int apply_found(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  int64_t patient;
  char staff[STAFF_SIZE], *note = NULL;
  if (field_id(&row->body, "patient", &patient, status) ||
      field_staff(&row->body, staff, status) ||
      field_text(&row->body, "note", NOTE_BYTES, &note, status))
    return status->code;
  if (store_int(care->store, 0, "SELECT 1 FROM patient WHERE id=?1", "i", patient))
    lost_take_back(care, patient, staff, note);
  else
    status_fail(status, ERR_NOT_FOUND, "there is no such patient");
  mem_free(note);
  return status->code;
}

void task_inbox_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {
      {.kind = "task.claim", .apply = apply_claim},
      {.kind = "task.release", .apply = apply_release},
      {.kind = "patient.found", .apply = apply_found}};
  for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
    kernel_handle_inbox(care->kernel, &handlers[i], care);
  task_done_handler(care);
}
