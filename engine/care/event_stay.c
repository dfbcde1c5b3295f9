// Stays: who comes, moves, leaves, and what is taken back.
#include <string.h>

#include "base/mem.h"
#include "care/discharge_undo.h"
#include "care/enrollment.h"
#include "care/event_apply.h"
#include "care/mapping.h"
#include "care/patient.h"
#include "care/proof.h"

struct stay {  // an encounter as it is before the event
  int64_t id, patient;
  char status[12];
};

static bool stay_read(struct stmt *row, struct stay *out) {
  bool found = stmt_row(row);
  *out = (struct stay){0};
  if (found) {
    out->id = stmt_int(row, 0);
    out->patient = stmt_int(row, 1);
    strncpy(out->status, stmt_text(row, 2), sizeof out->status - 1);
  }
  stmt_done(row);
  return found;
}

// Codes come from another system than the stay, under the same number.
static bool stay_of_visit(struct event_in *event, struct stay *out) {
  struct store *store = event->care->store;
  if (stay_read(
          store_query(store,
                      "SELECT id, patient, status FROM encounter WHERE visit=?1 AND "
                      "source=?2",
                      "tt", event->visit, event->row->source),
          out))
    return true;
  if (event->newcomer) return false;
  return stay_read(store_query(store,
                               "SELECT id, patient, status FROM encounter WHERE visit=?1 "
                               "AND patient=?2 ORDER BY id DESC LIMIT 1",
                               "ti", event->visit, event->patient),
                   out);
}

static bool stay_latest(struct event_in *event, const char *status, struct stay *out) {
  return stay_read(
      store_query(event->care->store,
                  "SELECT id, patient, status FROM encounter WHERE "
                  "patient=?1 AND (?2 IS NULL OR status=?2) ORDER BY id DESC "
                  "LIMIT 1",
                  "it", event->patient, status),
      out);
}

static int stay_find(struct event_in *event, const char *status, struct stay *stay) {
  *stay = (struct stay){0};
  bool found = event->visit      ? stay_of_visit(event, stay)
               : event->newcomer ? false
                                 : stay_latest(event, status, stay);
  if (found && stay->patient != event->patient)
    return status_fail(event->status, ERR_CONFLICT,
                       "field \"visit\": this stay is another patient's; check visit and "
                       "patient.mrn");
  event->encounter = stay->id;
  return OK;
}

int encounter_find(struct event_in *event, const char *status) {
  struct stay stay;
  return stay_find(event, status, &stay);
}

// Whether it was planned, and whether another one within 31 days is: nobody's guess.
static void put_flag(struct event_in *event, const char *field, const char *sql) {
  struct value flag = value_field(&event->body, field);
  if (flag.kind == VALUE_BOOL)
    store_exec(event->care->store, sql, "ii", event->encounter, (int64_t)flag.boolean);
}

static void stay_foreseen(struct event_in *event) {
  put_flag(event, "planned", "UPDATE encounter SET planned=?2 WHERE id=?1");
  put_flag(event, "return_planned", "UPDATE encounter SET return_planned=?2 WHERE id=?1");
}

// As the event tells it: over, when it is a discharge.
static void stay_make(struct event_in *event, bool over) {
  struct buf own = {0};
  buf_printf(&own, "~%lld", (long long)event->row->id);  // its number was not said
  store_exec(event->care->store,
             "INSERT INTO encounter (patient, source, visit, department, ward, doctor, "
             "nurse, admitted_at, discharged_at, leaving, status, updated_at) VALUES "
             "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
             "itttttt"
             "IItti",
             event->patient, event->row->source, event->visit ? event->visit : own.data,
             event->department, event->ward, event->doctor, event->nurse, event->admitted,
             over ? event->at : 0, over ? event->leaving : NULL, over ? "out" : "in",
             kernel_now(event->care->kernel));
  event->encounter = store_last_id(event->care->store);
  stay_foreseen(event);
  event->new_stay = true;
  buf_deinit(&own);
  event_open_access(event, event->department);
}

static void stay_describe(struct event_in *event) {
  store_exec(event->care->store,
             "UPDATE encounter SET department=coalesce(?2,department), "
             "ward=coalesce(?3,ward), doctor=coalesce(?4,doctor), "
             "nurse=coalesce(?5,nurse), admitted_at=coalesce(nullif(?6,0),admitted_at), "
             "updated_at=?7 WHERE id=?1",
             "ittttIi", event->encounter, event->department, event->ward, event->doctor,
             event->nurse, event->admitted, kernel_now(event->care->kernel));
  stay_foreseen(event);
  event_open_access(event, event->department);
}

static int encounter_put(struct event_in *event) {
  if (encounter_find(event, "in")) return event->status->code;
  if (event->encounter)
    stay_describe(event);
  else
    stay_make(event, false);
  return OK;
}

void event_open_access(struct event_in *event, const char *department) {
  if (!department) return;
  store_exec(event->care->store,
             "INSERT INTO access (patient, department, since, reason) VALUES "
             "(?1,?2,?3,'stay') ON CONFLICT (patient, department) DO NOTHING",
             "iti", event->patient, department, event->at);
}

static void set_inpatient(struct event_in *event, bool in) {
  store_exec(event->care->store, "UPDATE patient SET inpatient=?2 WHERE id=?1", "ii",
             event->patient, (int64_t)in);
}

// A notice of a stay that is over already only adds to what is known of it.
int event_admission(struct event_in *event) {
  struct stay stay = {0};
  struct clinical_new fresh;
  if (event->visit && stay_find(event, NULL, &stay)) return event->status->code;
  bool late = event->encounter && strcmp(stay.status, "cancelled");
  if (!event->admitted) event->admitted = event->at;
  if (event->encounter)
    stay_describe(event);
  else
    stay_make(event, false);
  int code = clinical_put(event, &fresh);
  if (code || late) return code;
  store_exec(event->care->store, "UPDATE encounter SET status='in' WHERE id=?1", "i",
             event->encounter);
  set_inpatient(event, true);
  enrollment_pause_all(event->care, event->patient);
  event_tell(event, "admission", NULL);
  return OK;
}

int event_transfer(struct event_in *event) {
  if (encounter_put(event)) return event->status->code;
  event_tell(event, "transfer", NULL);
  return OK;
}

// In a bed again since: the notice of the earlier stay came late.
static bool back_in_bed(struct event_in *event) {
  return store_int(event->care->store, 0,
                   "SELECT 1 FROM encounter WHERE patient=?1 AND id<>?2 AND status='in' "
                   "AND admitted_at>=?3 LIMIT 1",
                   "iii", event->patient, event->encounter, event->at);
}

static void leave(struct event_in *event) {
  store_exec(event->care->store,
             "UPDATE encounter SET status='out', discharged_at=?2, "
             "leaving=coalesce(?3,leaving) WHERE id=?1",
             "iit", event->encounter, event->at, event->leaving);
}

static void leave_bed(struct event_in *event) {
  if (event->newcomer || back_in_bed(event)) return;
  set_inpatient(event, false);
  enrollment_resume_all(event->care, event->patient);
}

static bool died(const struct event_in *event) {
  return event->leaving && !strcmp(event->leaving, "death");
}

// A list that comes again, now with its codes: what is new in it is looked at (WARD 21).
static void tell_late_codes(struct event_in *event, const struct clinical_new *fresh) {
  if (fresh->procedures) event_tell(event, "procedure", NULL);
  if (fresh->diagnoses) event_tell(event, "diagnosis", NULL);
  if (fresh->drugs) event_tell(event, "drug", NULL);
}

int event_discharge(struct event_in *event) {
  struct stay stay;
  struct clinical_new fresh;
  if (stay_find(event, "in", &stay)) return event->status->code;
  bool again = event->encounter && !strcmp(stay.status, "out");
  if (event->encounter) {
    stay_describe(event);
    leave(event);
  } else {
    stay_make(event, true);
  }
  if (clinical_put(event, &fresh)) return event->status->code;
  if (died(event)) {
    patient_died(event->care, event->patient, event->at, event->row->source);
  } else if (again) {
    tell_late_codes(event, &fresh);
  } else {
    leave_bed(event);
    event_tell(event, "discharge", NULL);
    proof_discharged(event->care, event->patient, event->department);
  }
  return OK;
}

static int find_to_cancel(struct event_in *event, const char *status) {
  struct stay stay;
  if (stay_find(event, status, &stay)) return event->status->code;
  if (!stay.id || strcmp(stay.status, status))
    return status_fail(event->status, ERR_CONFLICT,
                       "there is no such %s to take back; check \"visit\"",
                       strcmp(status, "in") ? "discharge" : "admission");
  return OK;
}

int event_cancel_admission(struct event_in *event) {
  if (find_to_cancel(event, "in")) return event->status->code;
  store_exec(event->care->store,
             "UPDATE encounter SET status='cancelled', updated_at=?2 WHERE id=?1", "ii",
             event->encounter, kernel_now(event->care->kernel));
  leave_bed(event);
  return OK;
}

int event_cancel_discharge(struct event_in *event) {
  if (find_to_cancel(event, "out")) return event->status->code;
  store_exec(event->care->store,
             "UPDATE encounter SET status='in', discharged_at=NULL, leaving=NULL, "
             "updated_at=?2 WHERE id=?1",
             "ii", event->encounter, kernel_now(event->care->kernel));
  discharge_undo(event->care, event->patient, event->encounter);
  set_inpatient(event, true);
  enrollment_pause_all(event->care, event->patient);
  return OK;
}
