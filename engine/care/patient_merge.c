// Two patients turn out to be one: every row that names the one names the other.
#include <string.h>

#include "base/mem.h"
#include "care/consent.h"
#include "care/enrollment.h"
#include "care/message.h"
#include "care/patient.h"
#include "store/record.h"

// The remaining patient's own name and address win; numbers and identifiers add up.
static void move_identities(struct care *care, int64_t from, int64_t into) {
  struct store *store = care->store;
  store_exec(store,
             "DELETE FROM identity WHERE person=?1 AND kind IN ('name','address') AND "
             "EXISTS (SELECT 1 FROM identity mine WHERE mine.person=?2 AND "
             "mine.kind=identity.kind)",
             "ii", from, into);
  store_exec(store,
             "UPDATE identity SET proved_at=other.proved_at, proved_how=other.proved_how,"
             " proved_by=other.proved_by FROM identity other WHERE identity.person=?2 AND"
             " other.person=?1 AND other.kind=identity.kind AND other.value="
             "identity.value AND identity.proved_at IS NULL AND other.proved_at IS NOT "
             "NULL",
             "ii", from, into);
  store_exec(store,
             "DELETE FROM identity WHERE person=?1 AND EXISTS (SELECT 1 FROM identity "
             "mine WHERE mine.person=?2 AND mine.kind=identity.kind AND "
             "mine.value=identity.value)",
             "ii", from, into);
  store_exec(store,
             "UPDATE identity SET person=?2, position=position+100 WHERE person=?1", "ii",
             from, into);
}

// A wish not to be written to survives the merge, whichever of the two it was told to.
static void keep_opt_outs(struct care *care, int64_t from, int64_t into) {
  store_exec(care->store,
             "UPDATE contact SET opted_out_at=other.opted_out_at, "
             "opted_out_by=other.opted_out_by FROM contact other WHERE "
             "contact.patient=?2 AND other.patient=?1 AND contact.opted_out_at IS NULL "
             "AND other.opted_out_at IS NOT NULL AND (contact.person=other.person OR "
             "(contact.relation='self' AND other.relation='self'))",
             "ii", from, into);
  store_exec(care->store,
             "UPDATE contact SET opted_out_of=coalesce(contact.opted_out_of,'') || "
             "other.opted_out_of FROM contact other WHERE contact.patient=?2 AND "
             "other.patient=?1 AND other.opted_out_of IS NOT NULL AND "
             "(contact.person=other.person OR (contact.relation='self' AND "
             "other.relation='self'))",
             "ii", from, into);
}

// So does the way somebody wants to be told.
static void keep_wishes(struct care *care, int64_t from, int64_t into) {
  store_exec(care->store,
             "UPDATE contact SET prefers=other.prefers FROM contact other WHERE"
             " contact.patient=?2 AND other.patient=?1 AND contact.prefers IS NULL AND"
             " other.prefers IS NOT NULL AND (contact.person=other.person OR"
             " (contact.relation='self' AND other.relation='self'))",
             "ii", from, into);
}

static void move_contacts(struct care *care, int64_t from, int64_t into) {
  struct store *store = care->store;
  keep_opt_outs(care, from, into);
  keep_wishes(care, from, into);
  store_exec(store, "DELETE FROM contact WHERE patient=?1 AND person=?1", "i", from);
  store_exec(store, "DELETE FROM contact WHERE patient=?2 AND person=?1", "ii", from,
             into);
  store_exec(store, "UPDATE OR IGNORE contact SET patient=?2 WHERE patient=?1", "ii",
             from, into);
  store_exec(store, "UPDATE OR IGNORE contact SET person=?2 WHERE person=?1", "ii", from,
             into);
  store_exec(store, "DELETE FROM contact WHERE patient=?1 OR person=?1", "i", from);
  consent_merge(care, from, into);
  store_exec(store, "UPDATE OR IGNORE binding SET patient=?2 WHERE patient=?1", "ii",
             from, into);
  store_exec(store, "UPDATE OR IGNORE binding SET person=?2 WHERE person=?1", "ii", from,
             into);
  store_exec(store, "DELETE FROM binding WHERE patient=?1 OR person=?1", "i", from);
}

static void move_rows(struct care *care, int64_t from, int64_t into) {
  struct store *store = care->store;
  enrollment_move_all(care, from, into);
  store_exec(store, "UPDATE OR IGNORE access SET patient=?2 WHERE patient=?1", "ii", from,
             into);
  store_exec(store, "DELETE FROM access WHERE patient=?1", "i", from);
  store_exec(store, "UPDATE encounter SET patient=?2, updated_at=?3 WHERE patient=?1",
             "iii", from, into, kernel_now(care->kernel));
  store_exec(store, "UPDATE clinical SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE observation SET patient=?2 WHERE patient=?1", "ii", from,
             into);
  store_exec(store, "UPDATE score SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE appointment SET patient=?2 WHERE patient=?1", "ii", from,
             into);
  store_exec(store, "UPDATE event SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE answer SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE message SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE message SET person=?2 WHERE person=?1 AND patient=?2", "ii",
             from, into);
  store_exec(store, "UPDATE task SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE call SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store,
             "UPDATE dial SET patient=?1 WHERE task IN (SELECT id FROM task WHERE"
             " patient=?1)",
             "i", into);
  store_exec(store, "UPDATE alert SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE proof SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE card SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE note SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE case_file SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE ladder SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE inbound SET patient=?2 WHERE patient=?1", "ii", from, into);
  store_exec(store, "UPDATE OR IGNORE patient_state SET patient=?2 WHERE patient=?1",
             "ii", from, into);
  store_exec(store, "DELETE FROM patient_state WHERE patient=?1", "i", from);
}

static void join_rows(struct care *care, int64_t from, int64_t into) {
  store_exec(care->store,
             "UPDATE patient SET birth=coalesce(patient.birth,other.birth), "
             "sex=coalesce(patient.sex,other.sex), "
             "dialect=coalesce(patient.dialect,other.dialect), "
             "disclosure=CASE patient.disclosure WHEN 'undecided' THEN other.disclosure "
             "ELSE patient.disclosure END, "
             "stays=nullif(max(coalesce(patient.stays,0),coalesce(other.stays,0)),0), "
             "disputed_at=coalesce(patient.disputed_at,other.disputed_at), "
             "inpatient=max(patient.inpatient,other.inpatient), "
             "revision=patient.revision+1, updated_at=?3 FROM patient other WHERE "
             "patient.id=?2 AND other.id=?1",
             "iii", from, into, kernel_now(care->kernel));
  store_exec(care->store,
             "UPDATE patient SET merged_into=?2, inpatient=0, revision=revision+1, "
             "updated_at=?3 WHERE id=?1",
             "iii", from, into, kernel_now(care->kernel));
}

static int64_t death_of(struct care *care, int64_t patient) {
  return store_int(care->store, 0,
                   "SELECT died_at FROM patient WHERE id=?1 AND died_at IS NOT NULL", "i",
                   patient);
}

static void settle_states(struct care *care, int64_t from, int64_t into) {
  int64_t from_died = death_of(care, from), into_died = death_of(care, into);
  join_rows(care, from, into);
  if (from_died && !into_died) {
    patient_died(care, into, from_died, "merge");
  } else if (into_died) {  // what the other one still had ends with him
    store_exec(care->store, "UPDATE patient SET died_at=NULL WHERE id=?1", "i", into);
    patient_died(care, into, into_died, "merge");
  } else if (store_int(care->store, 0, "SELECT inpatient FROM patient WHERE id=?1", "i",
                       into)) {
    enrollment_pause_all(care, into);
  }
}

// Ledgers are only added to, and what is told of a change is told again.
static bool is_undone_with(const char *table) {
  static const char *const not [] = {"audit", "case_step", "fhir_change", "inbox"};
  for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
    if (!strcmp(not [i], table)) return false;
  return true;
}

static void keep(struct care *care, int64_t from, int64_t into, const char *mrns,
                 const struct buf *changes) {
  store_exec(care->store,
             "INSERT INTO merged (gone, remains, mrns, at, version, changes) VALUES "
             "(?1,?2,?3,?4,?5,?6)",
             "iitiib", from, into, mrns, kernel_now(care->kernel),
             store_schema(care->store), changes->data, changes->len);
}

static void audit_merge(struct care *care, int64_t from, int64_t into) {
  struct buf object = {0}, detail = {0};
  buf_printf(&object, "patient:%lld", (long long)into);
  buf_printf(&detail, "patient %lld merged into it", (long long)from);
  care_audit(care, "event", "merge", object.data, detail.data);
  buf_deinit(&object);
  buf_deinit(&detail);
}

// Without those that a merge had brought: they go back with that one.
static char *own_numbers(struct care *care, int64_t patient) {
  return store_text(
      care->store,
      "SELECT group_concat(value, char(10)) FROM identity i WHERE person=?1 AND "
      "kind='mrn' AND NOT EXISTS (SELECT 1 FROM merged m WHERE m.remains=?1 AND "
      "m.undone_at IS NULL AND instr(char(10) || m.mrns || char(10), char(10) || i.value "
      "|| char(10)))",
      "i", patient);
}

void patient_merge(struct care *care, int64_t from, int64_t into) {
  struct buf changes = {0};
  char *mrns = own_numbers(care, from);
  struct store_record *record = store_record_begin(care->store, is_undone_with);
  move_identities(care, from, into);
  move_contacts(care, from, into);
  move_rows(care, from, into);
  settle_states(care, from, into);
  message_wake_for_patient(care, into);
  store_record_end(record, &changes);
  keep(care, from, into, mrns ? mrns : "", &changes);
  audit_merge(care, from, into);
  buf_deinit(&changes);
  mem_free(mrns);
}
