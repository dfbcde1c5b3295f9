#include "care/alert_inbox.h"

#include "base/iso.h"
#include "base/mem.h"
#include "care/alert_row.h"
#include "care/inbox_field.h"
#include "care/mapping.h"

enum { TEXT_BYTES = 2000 };

struct deed {  // one request, read
  struct alert alert;
  char staff[STAFF_SIZE];
  char *act;
};

static int deed_read(struct care *care, const struct inbox_row *row, struct deed *deed,
                     struct status *status) {
  int64_t id;
  *deed = (struct deed){0};
  if (field_id(&row->body, "alert", &id, status) ||
      field_staff(&row->body, deed->staff, status) ||
      field_text(&row->body, "act", TEXT_BYTES, &deed->act, status))
    return status->code;
  if (!alert_load(care->store, id, &deed->alert))
    return status_fail(status, ERR_NOT_FOUND, "there is no such alert");
  return OK;
}

static void deed_deinit(struct deed *deed) {
  alert_deinit(&deed->alert);
  mem_free(deed->act);
}

static int refuse_closed(struct care *care, const struct alert *alert,
                         struct status *status) {
  char at[ISO_SIZE];
  iso_format(alert->closed_at, care_zone(care, alert->department), at);
  return status_fail(status, ERR_CONFLICT, "this alert was closed by %s at %s",
                     alert->closed_by, at);
}

// A repeat is told who was first.
static void tell(struct inbox_row *row, const char *what, const char *who, int64_t at) {
  struct mapping map = mapping_begin(&row->result);
  mapping_int(&map, "at", at);
  mapping_text(&map, "by", who);
  mapping_text(&map, "state", what);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

static void audit(struct care *care, const struct deed *deed, const char *action,
                  const char *detail) {
  struct buf object = {0};
  buf_printf(&object, "alert:%lld", (long long)deed->alert.id);
  care_audit(care, deed->staff, action, object.data, detail ? detail : "");
  buf_deinit(&object);
}

static void acknowledge(struct care *care, struct deed *deed) {
  store_exec(care->store,
             "UPDATE alert SET status='acknowledged', acknowledged_at=?2,"
             " acknowledged_by=?3 WHERE id=?1",
             "iit", deed->alert.id, kernel_now(care->kernel), deed->staff);
  alert_schedule(care, &deed->alert, alert_act_until(care, &deed->alert));
  audit(care, deed, "alert.ack", NULL);
}

static void act(struct care *care, struct deed *deed, const char *what) {
  store_exec(care->store, "UPDATE alert SET acted_at=?2, acted_by=?3, act=?4 WHERE id=?1",
             "iitt", deed->alert.id, kernel_now(care->kernel), deed->staff, what);
  alert_schedule(care, &deed->alert,
                 kernel_now(care->kernel) + CIVIL_DAY_MS);  // acted is not closed
  audit(care, deed, "alert.act", what);
}

static int do_ack(struct care *care, struct inbox_row *row, struct deed *deed,
                  struct status *status) {
  struct alert *alert = &deed->alert;
  if (alert_is(alert, "closed")) return refuse_closed(care, alert, status);
  if (alert_is(alert, "acknowledged")) {
    tell(row, "acknowledged", alert->acknowledged_by, alert->acknowledged_at);
    return OK;
  }
  acknowledge(care, deed);
  tell(row, "acknowledged", deed->staff, kernel_now(care->kernel));
  return OK;
}

static int do_act(struct care *care, struct inbox_row *row, struct deed *deed,
                  struct status *status) {
  if (alert_is(&deed->alert, "closed")) return refuse_closed(care, &deed->alert, status);
  if (!deed->act || !*deed->act)
    return status_fail(status, ERR_INVALID,
                       "field \"act\" is missing; say in words what was done");
  if (alert_is(&deed->alert, "open")) acknowledge(care, deed);
  act(care, deed, deed->act);
  tell(row, "acted", deed->staff, kernel_now(care->kernel));
  return OK;
}

// The outcome may be told as a text or as fields.
static void answer_text(const struct inbox_row *row, struct buf *out) {
  struct value answer = value_field(&row->body, "answer");
  if (answer.kind == VALUE_TEXT)
    buf_put(out, answer.text.data, answer.text.len);
  else if (answer.kind != VALUE_NIL)
    value_to_json(out, &answer);
}

static int do_done(struct care *care, struct inbox_row *row, struct deed *deed,
                   struct status *status) {
  struct alert *alert = &deed->alert;
  struct buf answer = {0};
  (void)status;
  if (alert_is(alert, "closed")) {
    tell(row, "closed", alert->closed_by, alert->closed_at);
    return OK;
  }
  if (alert_is(alert, "open")) acknowledge(care, deed);
  if (deed->act || !alert->acted_at) act(care, deed, deed->act ? deed->act : "done");
  answer_text(row, &answer);
  alert_close(care, alert->id, deed->staff, answer.len ? answer.data : "done");
  audit(care, deed, "alert.done", NULL);
  tell(row, "closed", deed->staff, kernel_now(care->kernel));
  buf_deinit(&answer);
  return OK;
}

static int with_deed(struct care *care, struct inbox_row *row, struct status *status,
                     int (*fn)(struct care *care, struct inbox_row *row,
                               struct deed *deed, struct status *status)) {
  struct deed deed;
  int code = deed_read(care, row, &deed, status);
  if (!code) code = fn(care, row, &deed, status);
  deed_deinit(&deed);
  return code;
}

static int apply_ack(void *self, struct inbox_row *row, struct status *status) {
  return with_deed(self, row, status, do_ack);
}

static int apply_act(void *self, struct inbox_row *row, struct status *status) {
  return with_deed(self, row, status, do_act);
}

static int apply_done(void *self, struct inbox_row *row, struct status *status) {
  return with_deed(self, row, status, do_done);
}

void alert_inbox_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {
      {.kind = "alert.ack", .apply = apply_ack},
      {.kind = "alert.act", .apply = apply_act},
      {.kind = "alert.done", .apply = apply_done}};
  for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
    kernel_handle_inbox(care->kernel, &handlers[i], care);
}
