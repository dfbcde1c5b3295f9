#include "care/case_desk.h"

#include <string.h>

#include "base/mem.h"
#include "care/alert.h"
#include "care/attachment.h"
#include "care/case_dispute.h"
#include "care/case_lock.h"
#include "care/case_team.h"
#include "care/enrollment.h"
#include "care/inbox_field.h"
#include "care/mapping.h"
#include "care/patient.h"

enum { REASON_MOST = 500, PING_PONG = 3 };
#define TWIN_MS ((int64_t)14 * CIVIL_DAY_MS)

static int refuse_closed(struct care *care, int64_t id, struct status *status) {
  if (!case_is(care, id))
    return status_fail(status, ERR_NOT_FOUND, "there is no such case");
  if (!store_int(care->store, 0, "SELECT closed_at FROM case_file WHERE enrollment=?1",
                 "i", id))
    return OK;
  return status_fail(status, ERR_CONFLICT, "this case is closed");
}

int case_deed_read(struct care *care, const struct value *body, struct case_deed *out,
                   struct status *status) {
  *out = (struct case_deed){0};
  if (field_id(body, "case", &out->id, status) || field_staff(body, out->staff, status) ||
      field_text(body, "reason", REASON_MOST, &out->reason, status) ||
      refuse_closed(care, out->id, status))
    return status->code;
  if (out->reason && *out->reason) return OK;
  return status_fail(status, ERR_INVALID, "field \"reason\" is missing; say why");
}

static void tell(struct inbox_row *row) {
  struct mapping map = mapping_begin(&row->result);
  mapping_int(&map, "status", 200);
  mapping_end(&map);
}

static char *number_of(struct care *care, int64_t id) {
  return store_text(care->store, "SELECT number FROM case_file WHERE enrollment=?1", "i",
                    id);
}

// --- whom it is about

// The patient's only stay of the last quarter.
static int64_t only_stay(struct care *care, int64_t patient) {
  return store_int(care->store, 0,
                   "SELECT CASE count(*) WHEN 1 THEN max(id) ELSE 0 END FROM encounter"
                   " WHERE patient=?1 AND status<>'cancelled' AND"
                   " coalesce(discharged_at, ?2)>=?2",
                   "ii", patient, kernel_now(care->kernel) - (int64_t)90 * CIVIL_DAY_MS);
}

static int link_to(struct care *care, const struct case_deed *deed, int64_t patient,
                   struct status *status) {
  if (case_is_anonymous(care, deed->id))
    return status_fail(status, ERR_CONFLICT,
                       "this case is anonymous and stays so: it can't be linked");
  if (!patient ||
      !store_int(care->store, 0, "SELECT 1 FROM patient WHERE id=?1", "i", patient))
    return status_fail(status, ERR_NOT_FOUND, "field \"patient\": there is none such");
  bool dispute = case_is_dispute(care, deed->id);
  if (store_int(care->store, 0, "SELECT patient FROM case_file WHERE enrollment=?1", "i",
                deed->id) &&
      case_lock_check(care, deed->id, status))
    return status->code;  // of nobody yet it may still be said whom it is about
  if (dispute)
    case_dispute(care, deed->id, false, deed->staff);  // of whom it is not about
  store_exec(care->store,
             "UPDATE case_file SET patient=?2, sure='staff', encounter=?3,"
             " stay_sure=CASE WHEN ?3 IS NULL THEN NULL ELSE 'only' END, "
             "revision=revision+1 WHERE enrollment=?1",
             "iiI", deed->id, patient, only_stay(care, patient));
  case_step(care, deed->id, "linked", deed->staff, deed->reason);
  if (dispute) case_dispute(care, deed->id, true, deed->staff);
  return OK;
}

static int apply_link(void *self, struct inbox_row *row, struct status *status) {
  struct case_deed deed;
  struct value patient = value_field(&row->body, "patient");
  int code = case_deed_read(self, &row->body, &deed, status);
  if (!code) code = link_to(self, &deed, value_int_or(&patient, 0), status);
  if (!code) tell(row);
  mem_free(deed.reason);
  return code;
}

// --- the same matter twice

static void merge_into(struct care *care, const struct case_deed *deed, int64_t into) {
  char *own = number_of(care, deed->id), *other = number_of(care, into);
  struct buf detail = {0};
  buf_printf(&detail, "into %s: %s", other, deed->reason);
  case_step(care, deed->id, "merged", deed->staff, detail.data);
  buf_clear(&detail);
  buf_printf(&detail, "%s: %s", own, deed->reason);
  case_step(care, into, "took", deed->staff, detail.data);
  enrollment_end(care, deed->id, "merged");
  buf_deinit(&detail);
  mem_free(own);
  mem_free(other);
}

static int apply_merge(void *self, struct inbox_row *row, struct status *status) {
  struct case_deed deed;
  int64_t into = 0;
  int code = case_deed_read(self, &row->body, &deed, status);
  if (!code) code = field_id(&row->body, "into", &into, status);
  if (!code) code = refuse_closed(self, into, status);
  if (!code) code = case_lock_check(self, deed.id, status);
  if (!code) code = case_lock_check(self, into, status);
  if (!code && into == deed.id)
    code = status_fail(status, ERR_INVALID, "field \"into\" must be another case");
  if (!code) merge_into(self, &deed, into);
  if (!code) tell(row);
  mem_free(deed.reason);
  return code;
}

static char *type_of(struct care *care, int64_t id) {
  struct buf type = {0};
  struct value view;
  case_field(care, id, 0, "type", &type);
  value_read(type.data, type.len, &view);
  char *text = value_copy_text(&view);
  buf_deinit(&type);
  return text;
}

static bool is_same_matter(struct care *care, int64_t a, int64_t b) {
  char *one = type_of(care, a), *other = type_of(care, b);
  bool same = !one || !other || strcmp(one, other) == 0;
  mem_free(one);
  mem_free(other);
  return same;
}

void case_find_twin(struct care *care, int64_t id) {
  int64_t twin = store_int(
      care->store, 0,
      "WITH mine AS (SELECT * FROM case_file WHERE enrollment=?1) SELECT min(id) FROM"
      " (SELECT o.enrollment AS id, o.department AS d, o.received_at AS at FROM mine JOIN"
      " enrollment e ON e.patient=mine.sender JOIN case_file o ON o.enrollment=e.id WHERE"
      " o.closed_at IS NULL UNION ALL SELECT o.enrollment, o.department, o.received_at"
      " FROM mine JOIN case_file o ON o.patient=mine.patient AND o.closed_at IS NULL)"
      " WHERE id<>?1 AND at>=?2 AND d=(SELECT department FROM mine)",
      "ii", id, kernel_now(care->kernel) - TWIN_MS);
  if (!twin || !is_same_matter(care, id, twin)) return;
  char *number = number_of(care, twin);
  case_step(care, id, "like", "engine", number);
  mem_free(number);
}

// --- what was shown or said

// Of a closed case, too: what is found later belongs to it.
static int apply_attach(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct value files = value_field(&row->body, "attachments");
  char staff[STAFF_SIZE];
  int64_t id;
  if (field_id(&row->body, "case", &id, status) || field_staff(&row->body, staff, status))
    return status->code;
  char *number = number_of(care, id);
  int code = number ? attachment_keep(care, number, staff, &files, status)
                    : status_fail(status, ERR_NOT_FOUND, "there is no such case");
  if (!code) case_step(care, id, "attached", staff, NULL);
  if (!code) tell(row);
  mem_free(number);
  return code;
}

// --- tasks

static int64_t transfers(struct care *care, int64_t id) {
  return store_int(care->store, 0,
                   "SELECT count(*) FROM case_step WHERE enrollment=?1 AND"
                   " what='transferred' AND id>coalesce((SELECT max(id) FROM case_step"
                   " WHERE enrollment=?1 AND what='reopened'),0)",
                   "i", id);
}

// Passed on again and again: the office hears of it, whatever the script does.
static void tell_ping_pong(struct care *care, int64_t id) {
  char *department = store_text(
      care->store, "SELECT department FROM case_file WHERE enrollment=?1", "i", id);
  char *number = number_of(care, id);
  struct buf reason = {0};
  buf_printf(&reason, "%s was passed on %d times", number, PING_PONG);
  alert_open(care, &(struct alert_spec){
                       .patient = store_int(
                           care->store, 0,
                           "SELECT sender FROM case_file WHERE enrollment=?1", "i", id),
                       .enrollment = id,
                       .department = department,
                       .name = "ping-pong",
                       .level = "at-risk",
                       .reason = reason.data,
                       .above = 1});  // whoever passes it on knows
  buf_deinit(&reason);
  mem_free(number);
  mem_free(department);
}

void case_ping_pong_over(struct care *care, int64_t id) {
  int64_t alert = store_int(care->store, 0,
                            "SELECT id FROM alert WHERE patient=(SELECT sender FROM"
                            " case_file WHERE enrollment=?1) AND enrollment=?1 AND"
                            " name='ping-pong' AND status<>'closed'",
                            "i", id);
  if (alert) alert_close(care, alert, "clock", "the case is closed");
}

void case_task_done(struct care *care, int64_t id, const struct case_task *task) {
  struct buf detail = {0};
  if (strcmp(task->code, "transfer") != 0 || !case_is(care, id)) return;
  buf_printf(&detail, "%s to %s%s%s", task->name, task->to ? task->to : "?",
             task->note ? ": " : "", task->note ? task->note : "");
  case_step(care, id, "transferred", task->staff, detail.data);
  if (transfers(care, id) == PING_PONG) tell_ping_pong(care, id);
  buf_deinit(&detail);
}

void case_desk_handlers(struct care *care) {
  static const struct inbox_handler handlers[] = {
      {.kind = "case.link", .apply = apply_link},
      {.kind = "case.merge", .apply = apply_merge},
      {.kind = "case.attach", .apply = apply_attach}};
  for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
    kernel_handle_inbox(care->kernel, &handlers[i], care);
  case_joint_handlers(care);
  case_extend_handler(care);
  case_told_handler(care);
}
