// Two patients who were taken for one are two again.
#include <string.h>

#include "base/mem.h"
#include "care/enrollment.h"
#include "care/message.h"
#include "care/patient.h"
#include "store/record.h"

struct merged {
  int64_t id, gone, at, version;
  struct buf changes;
};

static bool find(struct care *care, const char *mrn, int64_t into, struct merged *out) {
  struct stmt *row = store_query(
      care->store,
      "SELECT id, gone, at, version, changes FROM merged WHERE remains=?1 AND undone_at "
      "IS NULL AND instr(char(10) || mrns || char(10), char(10) || ?2 || char(10)) "
      "ORDER BY id DESC LIMIT 1",
      "it", into, mrn);
  bool found = stmt_row(row);
  if (found) {
    size_t len;
    const void *bytes = stmt_bytes(row, 4, &len);
    *out = (struct merged){.id = stmt_int(row, 0),
                           .gone = stmt_int(row, 1),
                           .at = stmt_int(row, 2),
                           .version = stmt_int(row, 3)};
    buf_put(&out->changes, bytes, len);
  }
  stmt_done(row);
  return found;
}

// Who somebody is, and where they stay, is as it was; what has ended since stays ended.
static bool prevails(const char *table) {
  static const char *const those[] = {"patient", "encounter", "identity", "contact"};
  for (size_t i = 0; i < sizeof those / sizeof *those; i++)
    if (!strcmp(those[i], table)) return true;
  return false;
}

// What has come since for a stay or a follow-up goes with it.
static void follow(struct care *care, int64_t into, int64_t gone) {
#define OF(table, column, owner)                                 \
  "UPDATE " table " SET patient=?2 WHERE patient=?1 AND " column \
  " IN (SELECT id FROM " owner " WHERE patient=?2)"
  static const char *const moves[] = {OF("event", "encounter", "encounter"),
                                      OF("clinical", "encounter", "encounter"),
                                      OF("observation", "encounter", "encounter"),
                                      OF("enrollment", "encounter", "encounter"),
                                      OF("run", "enrollment", "enrollment"),
                                      OF("question", "enrollment", "enrollment"),
                                      OF("answer", "enrollment", "enrollment"),
                                      OF("message", "enrollment", "enrollment"),
                                      OF("task", "enrollment", "enrollment"),
                                      OF("alert", "enrollment", "enrollment"),
                                      OF("skip", "enrollment", "enrollment"),
                                      OF("note", "enrollment", "enrollment"),
                                      OF("score", "enrollment", "enrollment"),
                                      OF("case_file", "enrollment", "enrollment"),
                                      OF("ladder", "run", "run"),
                                      OF("call", "task", "task"),
                                      OF("dial", "task", "task"),
                                      OF("inbound", "question", "question")};
#undef OF
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
    store_exec(care->store, moves[i], "ii", into, gone);
  store_exec(care->store,
             "UPDATE message SET person=?2 WHERE patient=?2 AND person=?1 AND (status="
             "'planned' OR status='held')",
             "ii", into, gone);
}

// A stay that began since paused what both had: it is one's alone.
static void settle_stay(struct care *care, int64_t patient) {
  if (store_int(care->store, 0, "SELECT inpatient FROM patient WHERE id=?1", "i",
                patient))
    enrollment_pause_all(care, patient);
  else
    enrollment_resume_all(care, patient);
}

static void renew(struct care *care, int64_t patient) {
  store_exec(care->store,
             "UPDATE patient SET revision=revision+2, updated_at=?2, inpatient=EXISTS "
             "(SELECT 1 FROM encounter WHERE patient=?1 AND status='in') WHERE id=?1",
             "ii", patient, kernel_now(care->kernel));
  store_exec(care->store, "UPDATE encounter SET updated_at=?2 WHERE patient=?1", "ii",
             patient, kernel_now(care->kernel));
  message_wake_for_patient(care, patient);
  settle_stay(care, patient);
}

static void conclude(struct care *care, const struct merged *merged, int64_t into,
                     int64_t left) {
  struct buf object = {0}, detail = {0};
  store_exec(care->store, "UPDATE merged SET undone_at=?2, changes=NULL WHERE id=?1",
             "ii", merged->id, kernel_now(care->kernel));
  buf_printf(&object, "patient:%lld", (long long)into);
  buf_printf(&detail, "patient %lld is another again; %lld rows stay as they were made",
             (long long)merged->gone, (long long)left);
  care_audit(care, "event", "unmerge", object.data, detail.data);
  buf_deinit(&object);
  buf_deinit(&detail);
}

static int take_back(struct care *care, const struct merged *merged, int64_t into,
                     struct status *status) {
  int64_t left;
  if (merged->version != store_schema(care->store))
    return status_fail(status, ERR_CONFLICT,
                       "an earlier version of this program merged them: it can't be "
                       "undone; move the stays one by one with move-visit");
  if (store_record_undo(care->store, &merged->changes, prevails, &left, status))
    return status->code;
  follow(care, into, merged->gone);
  renew(care, into);
  renew(care, merged->gone);
  conclude(care, merged, into, left);
  return OK;
}

int patient_unmerge(struct care *care, const char *mrn, int64_t into, int64_t *gone,
                    struct status *status) {
  struct merged merged = {0};
  if (!into || !find(care, mrn, into, &merged))
    return status_fail(status, ERR_NOT_FOUND,
                       "field \"merge.from_mrn\": no merge of this number into "
                       "merge.into_mrn is known, or it was undone; a later one into a "
                       "third is undone first");
  int code = take_back(care, &merged, into, status);
  *gone = merged.gone;
  buf_deinit(&merged.changes);
  return code;
}
