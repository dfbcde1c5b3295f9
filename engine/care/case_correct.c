// What people correct of what the phrases made of a case: "case.correct" { case, field,
// value, staff }. Today's writing to its family stops at once when it has become a
// dispute; then its class is looked at anew (case_class.h).
#include <string.h>

#include "base/mem.h"
#include "care/case_class.h"
#include "care/case_desk.h"
#include "care/case_dispute.h"
#include "care/case_figure.h"
#include "care/case_lock.h"
#include "care/mapping.h"

struct correction {
  int64_t id;
  char staff[STAFF_SIZE];
  char *field, *value;
};

static bool is_known(const char *field) {
  static const char *const fields[] = {"stage",   "type",  "nature",
                                       "urgency", "topic", "concerns"};
  for (size_t i = 0; field && i < sizeof fields / sizeof *fields; i++)
    if (!strcmp(fields[i], field)) return true;
  return false;
}

static int correction_read(struct care *care, const struct value *body,
                           struct correction *out, struct status *status) {
  *out = (struct correction){0};
  if (field_id(body, "case", &out->id, status) || field_staff(body, out->staff, status) ||
      field_text(body, "field", 20, &out->field, status) ||
      field_text(body, "value", 100, &out->value, status))
    return status->code;
  if (is_known(out->field) && out->value && *out->value && case_is(care, out->id))
    return OK;
  return status_fail(
      status, ERR_INVALID,
      "field must be stage, type, nature, urgency, topic or concerns, value a word");
}

static void correction_deinit(struct correction *correction) {
  mem_free(correction->field);
  mem_free(correction->value);
}

static bool is_so(struct care *care, const struct correction *correction) {
  struct buf field = {0};
  struct value view;
  case_field(care, correction->id, 0, correction->field, &field);
  value_read(field.data, field.len, &view);
  bool so = value_is(&view, correction->value);
  buf_deinit(&field);
  return so;
}

static void put(struct care *care, const struct correction *correction) {
  size_t len;
  struct buf facts = {0};
  struct merge merge = {0};
  struct stmt *row =
      store_query(care->store, "SELECT facts FROM case_file WHERE enrollment=?1", "i",
                  correction->id);
  if (stmt_row(row)) {
    const char *bytes = stmt_bytes(row, 0, &len);
    merge_bytes(&merge, bytes, len);
  }
  stmt_done(row);
  merge_text(&merge, correction->field, correction->value);
  merge_end(&merge, &facts);
  store_exec(care->store,
             "UPDATE case_file SET facts=?2, revision=revision+1 WHERE enrollment=?1",
             "ib", correction->id, facts.data, facts.len);
  buf_deinit(&facts);
}

static void correct(struct care *care, const struct correction *correction) {
  struct buf detail = {0};
  bool was = case_is_dispute(care, correction->id);
  put(care, correction);
  buf_printf(&detail, "%s=%s", correction->field, correction->value);
  case_step(care, correction->id, "corrected", correction->staff, detail.data);
  if (was != case_is_dispute(care, correction->id))
    case_dispute(care, correction->id, !was, correction->staff);
  case_figure_keep(care, correction->id);
  case_class_look(care, correction->id);
  buf_deinit(&detail);
}

static void tell(struct inbox_row *row, bool waits) {
  struct mapping map = mapping_begin(&row->result);
  mapping_int(&map, "status", 200);
  mapping_text(&map, "waits_for", waits ? "a second person" : NULL);
  mapping_end(&map);
}

// Of a dispute nothing is corrected but that it is one, and that by two.
static int correct_locked(struct care *care, const struct correction *correction,
                          bool *waits, struct status *status) {
  if (strcmp(correction->field, "urgency") != 0)
    return case_lock_check(care, correction->id, status);
  *waits = !case_lock_lift(care, correction->id, correction->staff, correction->value);
  if (!*waits) correct(care, correction);
  return OK;
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct care *care = self;
  struct correction correction;
  bool waits = false;
  int code = correction_read(care, &row->body, &correction, status);
  if (!code && !is_so(care, &correction)) {
    if (case_is_dispute(care, correction.id))
      code = correct_locked(care, &correction, &waits, status);
    else
      correct(care, &correction);
  }
  if (!code) tell(row, waits);
  correction_deinit(&correction);
  return code;
}

void case_correct_handler(struct care *care) {
  static const struct inbox_handler handler = {.kind = "case.correct", .apply = apply};
  kernel_handle_inbox(care->kernel, &handler, care);
}
