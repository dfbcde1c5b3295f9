// Encounter: stays. What an update means depends on how the stay was before: admission,
// transfer, discharge, and either of the two taken back.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/take.h"

#define ACT_CODES "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#define PRIORITIES "http://terminology.hl7.org/CodeSystem/v3-ActPriority"
#define LEAVINGS "http://terminology.hl7.org/CodeSystem/discharge-disposition"
#define STATUS                                                            \
  "CASE e.status WHEN 'in' THEN 'in-progress' WHEN 'out' THEN 'finished'" \
  " ELSE 'cancelled' END"
#define CHANGED "coalesce(e.updated_at, e.discharged_at, e.admitted_at, 0)"
// A stay is in a period when some of it is.
#define OVERLAPS                                                             \
  " AND (?8=0 OR e.admitted_at<?8) AND (?7=0 OR e.discharged_at IS NULL AND" \
  " e.status='in' OR coalesce(e.discharged_at, e.admitted_at)>=?7)"
#define QUERY(head)                                                              \
  "SELECT e.id, e.patient, " CHANGED ", 0, '', e.visit, " STATUS                 \
  ", e.department,"                                                              \
  " e.ward, e.doctor, e.admitted_at, e.discharged_at, e.leaving, e.planned FROM" \
  " encounter e WHERE " head                                                     \
  FHIR_STATUS(STATUS)                                                            \
  OVERLAPS FHIR_CHANGED(CHANGED) " AND " FHIR_ACCESS("e.patient") FHIR_PAGE("e.id")

enum {
  VISIT = 5,
  STATUS_,
  DEPARTMENT,
  WARD,
  DOCTOR,
  ADMITTED,
  DISCHARGED,
  LEAVING,
  PLANNED
};

// The hospital's words, FHIR's, and those of the Chinese front page (离院方式).
static const struct {
  const char *leaving, *code, *other[6];
} leavings[] = {{"order", "home", {"1", "01"}},
                {"transfer", "other-hcf", {"2", "02", "hosp", "long", "snf", "rehab"}},
                {"community", "alt-home", {"3", "psy", "hha"}},
                {"against-advice", "aadvice", {"4", "07"}},
                {"death", "exp", {"5", "20", "41"}},
                {"other", "oth", {"9"}}};
enum { LEAVING_WORDS = sizeof leavings / sizeof *leavings };

static void put_class(struct fhir_show *show) {
  json_key(&show->json, "class");
  fhir_put_coding(show, ACT_CODES, "IMP", "inpatient encounter");
}

static void put_visit(struct fhir_show *show, const char *visit) {
  if (!visit || *visit == '~') return;
  fhir_put_open(show, "identifier", "[");
  fhir_put_identifier(show, "visit", "VN", visit);
  fhir_put_close(show, "]");
}

static void put_doctor(struct fhir_show *show, const char *doctor) {
  if (!doctor) return;
  fhir_put_open(show, "participant", "[{");
  fhir_put_open(show, "type", "[{");
  fhir_put_open(show, "coding", "[");
  fhir_put_coding(show, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                  "ATND", NULL);
  fhir_put_close(show, "]}]");
  fhir_put_open(show, "individual", "{");
  fhir_put_text(show, "display", doctor);
  fhir_put_close(show, "}}]");
}

static void put_period(struct fhir_show *show, int64_t start, int64_t end) {
  if (!start && !end) return;
  fhir_put_open(show, "period", "{");
  fhir_put_time(show, "start", start);
  fhir_put_time(show, "end", end);
  fhir_put_close(show, "}");
}

static void put_leaving(struct fhir_show *show, const char *leaving) {
  for (size_t i = 0; leaving && i < LEAVING_WORDS; i++) {
    if (strcmp(leavings[i].leaving, leaving)) continue;
    fhir_put_open(show, "hospitalization", "{");
    fhir_put_concept(show, "dischargeDisposition", LEAVINGS, leavings[i].code, NULL);
    fhir_put_close(show, "}");
  }
}

static void put_ward(struct fhir_show *show, const char *ward) {
  if (!ward) return;
  fhir_put_open(show, "location", "[{");
  fhir_put_open(show, "location", "{");
  fhir_put_text(show, "display", ward);
  fhir_put_close(show, "}}]");
}

static void show_encounter(struct fhir_show *show, struct stmt *row) {
  put_visit(show, stmt_text(row, VISIT));
  fhir_put_text(show, "status", stmt_text(row, STATUS_));
  put_class(show);
  fhir_put_concept(show, "serviceType", NULL, stmt_text(row, DEPARTMENT), NULL);
  if (!stmt_null(row, PLANNED))
    fhir_put_concept(show, "priority", PRIORITIES, stmt_int(row, PLANNED) ? "EL" : "UR",
                     NULL);
  fhir_put_reference(show, "subject", "Patient", 'p', stmt_int(row, 1));
  put_doctor(show, stmt_text(row, DOCTOR));
  put_period(show, stmt_int(row, ADMITTED), stmt_int(row, DISCHARGED));
  put_leaving(show, stmt_text(row, LEAVING));
  put_ward(show, stmt_text(row, WARD));
}

struct stay {  // as it is known before
  int64_t id;
  char *visit, *status, *department, *ward;  // owned; NULL: nothing known
};

static void stay_read(struct fhir_taking *taking, int64_t patient, const char *visit,
                      struct stay *out) {
  struct stmt *row = store_query(
      taking->care->store,
      "SELECT id, visit, status, department, ward FROM encounter WHERE id=?1 OR (?1=0 AND"
      " visit=?2 AND patient=?3) ORDER BY source<>?4, id DESC LIMIT 1",
      "itit", taking->key.row, visit, patient, taking->row->source);
  *out = (struct stay){0};
  if (stmt_row(row)) {
    const char *department = stmt_text(row, 3), *ward = stmt_text(row, 4);
    *out = (struct stay){stmt_int(row, 0), mem_copy_text(stmt_text(row, 1)),
                         mem_copy_text(stmt_text(row, 2)),
                         department ? mem_copy_text(department) : NULL,
                         ward ? mem_copy_text(ward) : NULL};
  }
  stmt_done(row);
}

static void stay_deinit(struct stay *stay) {
  mem_free(stay->visit);
  mem_free(stay->status);
  mem_free(stay->department);
  mem_free(stay->ward);
}

static struct value leaving_of(const struct value *resource) {
  struct value concept = fhir_at(resource, "hospitalization.dischargeDisposition"),
               code = fhir_code(&concept, NULL);
  for (size_t i = 0; i < LEAVING_WORDS; i++) {
    bool is = value_is(&code, leavings[i].code) || value_is(&code, leavings[i].leaving);
    for (size_t n = 0; n < 6 && leavings[i].other[n]; n++)
      is = is || value_is(&code, leavings[i].other[n]);
    if (is)
      return (struct value){.kind = VALUE_TEXT,
                            .text = {leavings[i].leaving, strlen(leavings[i].leaving)}};
  }
  return (struct value){.kind = VALUE_NIL};
}

static bool is_one_of(const struct value *code, const char *const *words) {
  for (; *words; words++)
    if (value_is(code, *words)) return true;
  return false;
}

// The first that says something.
static struct value first_of(const struct value *resource, const char *const *paths) {
  struct value found = {.kind = VALUE_NIL};
  for (; *paths && found.kind != VALUE_TEXT; paths++) found = fhir_at(resource, *paths);
  return found;
}

static struct value department_of(const struct value *resource) {
  static const char *const paths[] = {"serviceType.coding.0.code", "serviceType.text",
                                      "serviceProvider.identifier.value",
                                      "serviceProvider.display", NULL};
  return first_of(resource, paths);
}

// Where the patient is: the last place that is not told to be over.
static struct value ward_of(const struct value *resource) {
  static const char *const paths[] = {"location.display", "location.identifier.value",
                                      "location.reference", NULL};
  struct value places = value_field(resource, "location"), place, found = {0};
  struct value_iter iter = value_iterate(&places);
  while (value_next(&iter, NULL, &place)) {
    struct value status = value_field(&place, "status"), name = first_of(&place, paths);
    bool over = value_is(&status, "completed") || value_is(&status, "planned");
    if (name.kind == VALUE_TEXT && (!over || found.kind == VALUE_NIL)) found = name;
  }
  return found;
}

static struct value doctor_of(const struct value *resource) {
  struct value people = value_field(resource, "participant"), person, found = {0};
  struct value_iter iter = value_iterate(&people);
  while (value_next(&iter, NULL, &person)) {
    struct value types = value_field(&person, "type"), code = fhir_code(&types, NULL),
                 name = fhir_at(&person, "individual.display");
    if (name.kind == VALUE_TEXT && (value_is(&code, "ATND") || found.kind == VALUE_NIL))
      found = name;
  }
  return found;
}

// By its priority, else by how the patient came in; else nobody's guess.
static struct value planned_of(const struct value *resource) {
  static const char *const yes[] = {"EL", "R", "P", "elective", "routine", NULL},
                           *const no[] = {"EM", "UR",        "S",      "A",
                                          "RR", "emergency", "urgent", NULL};
  struct value priority = value_field(resource, "priority"),
               code = fhir_code(&priority, NULL),
               source = fhir_at(resource, "hospitalization.admitSource"),
               from = fhir_code(&source, NULL);
  bool planned = is_one_of(&code, yes),
       said = planned || is_one_of(&code, no) || value_is(&from, "emd");
  return (struct value){.kind = said ? VALUE_BOOL : VALUE_NIL, .boolean = planned};
}

static int tell(struct fhir_taking *taking, const char *kind, const char *mrn,
                const char *visit, const char *at) {
  const struct value *resource = &taking->resource;
  struct value moment = fhir_at(resource, at ? at : "-"),
               started = fhir_at(resource, "period.start"),
               department = department_of(resource), ward = ward_of(resource),
               doctor = doctor_of(resource), leaving = leaving_of(resource),
               planned = planned_of(resource);
  struct merge event = {0};
  merge_text(&event, "visit", visit);
  merge_value(&event, "department", &department);
  merge_value(&event, "ward", &ward);
  merge_value(&event, "doctor", &doctor);
  merge_value(&event, "admitted", &started);
  merge_value(&event, "planned", &planned);
  if (!strcmp(kind, "discharge")) merge_value(&event, "leaving", &leaving);
  return fhir_event_of(taking, kind, &moment, mrn, NULL, &event);
}

static bool is_other(const struct value *now, const char *before) {
  return now->kind == VALUE_TEXT && (!before || !value_is(now, before));
}

static bool moved(const struct fhir_taking *taking, const struct stay *stay) {
  struct value department = department_of(&taking->resource),
               ward = ward_of(&taking->resource);
  return is_other(&department, stay->department) || is_other(&ward, stay->ward);
}

static bool was(const struct stay *stay, const char *status) {
  return stay->status && !strcmp(stay->status, status);
}

static int take_going_on(struct fhir_taking *taking, const char *mrn, const char *visit,
                         const struct stay *stay) {
  if (was(stay, "out")) return tell(taking, "cancel-discharge", mrn, visit, NULL);
  if (was(stay, "in") && moved(taking, stay))
    return tell(taking, "transfer", mrn, visit, NULL);
  return tell(taking, "admission", mrn, visit, "period.start");
}

static int take_over(struct fhir_taking *taking, const char *mrn, const char *visit) {
  struct value end = fhir_at(&taking->resource, "period.end");
  if (end.kind == VALUE_NIL)
    return fhir_wrong(taking,
                      "Encounter.period.end: is missing; a stay that is finished "
                      "says when the patient left");
  return tell(taking, "discharge", mrn, visit, "period.end");
}

static int take_back(struct fhir_taking *taking, const char *mrn, const char *visit,
                     const struct stay *stay) {
  if (was(stay, "cancelled")) return OK;
  if (!stay->id)
    return fhir_wrong(taking,
                      "Encounter.status: nothing is known of this stay, so there "
                      "is nothing to take back");
  if (was(stay, "out") && tell(taking, "cancel-discharge", mrn, visit, NULL))
    return taking->status->code;
  return tell(taking, "cancel-admission", mrn, visit, NULL);
}

static int take_status(struct fhir_taking *taking, const char *mrn, const char *visit,
                       const struct stay *stay) {
  struct value status = value_field(&taking->resource, "status");
  if (value_is(&status, "finished")) return take_over(taking, mrn, visit);
  if (value_is(&status, "cancelled") || value_is(&status, "entered-in-error"))
    return take_back(taking, mrn, visit, stay);
  if (value_is(&status, "in-progress") || value_is(&status, "onleave") ||
      value_is(&status, "arrived") || value_is(&status, "triaged"))
    return take_going_on(taking, mrn, visit, stay);
  return fhir_wrong(taking,
                    "Encounter.status: must be one of arrived, triaged, in-progress, "
                    "onleave, finished, cancelled, entered-in-error; a stay that is "
                    "planned is sent when it begins");
}

static int check_class(struct fhir_taking *taking) {
  static const char *const stays[] = {"IMP", "ACUTE", "NONAC", "SS", "OBSENC", "EMER"};
  struct value code = fhir_at(&taking->resource, "class.code");
  for (size_t i = 0; i < sizeof stays / sizeof *stays; i++)
    if (value_is(&code, stays[i])) return OK;
  return fhir_wrong(taking,
                    "Encounter.class: stays are followed (IMP, ACUTE, NONAC, SS, OBSENC, "
                    "EMER); send a visit to the clinic as an Appointment");
}

static int take_stay(struct fhir_taking *taking, int64_t patient, const char *mrn,
                     const char *visit) {
  struct stay stay;
  stay_read(taking, patient, visit ? visit : "", &stay);
  const char *number = visit && !taking->update ? visit : stay.visit;
  int code = number ? take_status(taking, mrn, number, &stay)
                    : fhir_wrong(taking,
                                 "Encounter.identifier: is missing; give the "
                                 "number of the stay");
  if (!code && !taking->update)
    fhir_made(taking, stay.id ? stay.id : taking->done.encounter, stay.id != 0);
  stay_deinit(&stay);
  return code;
}

static int take_encounter(struct fhir_taking *taking) {
  struct value subject = value_field(&taking->resource, "subject"),
               identifiers = value_field(&taking->resource, "identifier"),
               number = fhir_identifier(&identifiers, taking->fhir->visit, "VN");
  char *visit = value_copy_text(&number);
  struct buf mrn = {0};
  int code = check_class(taking);
  int64_t patient = code ? 0 : fhir_subject(taking, &subject, "Encounter.subject", &mrn);
  if (patient) take_stay(taking, patient, mrn.data, visit);
  buf_deinit(&mrn);
  mem_free(visit);
  return taking->status->code;
}

const struct fhir_type fhir_encounter = {
    .name = "Encounter",
    .kind = 'v',
    .may = FHIR_CREATE | FHIR_UPDATE | FHIR_NUMBERED,
    .identifies = "visit",
    .statuses = "in-progress finished cancelled",
    .dated = "date",
    .dated_at = "coalesce(e.admitted_at, e.discharged_at, 0)",
    .by_id = QUERY("e.id=?3"),
    .by_identifier = QUERY("e.visit=?5 AND e.id>?11"),
    .by_patient = QUERY("e.patient=?4 AND e.id>?11"),
    .walk = QUERY(FHIR_WALK("e.id")),
    .last = "SELECT max(id) FROM encounter",
    .show = show_encounter,
    .take = take_encounter};
