// Appointment: what is booked. How long it takes is not kept, so that it ends when it
// begins.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/take.h"

#define STATUS                                                                   \
  "CASE a.status WHEN 'no-show' THEN 'noshow' WHEN 'done' THEN 'fulfilled' WHEN" \
  " 'cancelled' THEN 'cancelled' ELSE 'booked' END"
#define KEPT "coalesce(a.kept_at, a.changed_at)"
#define QUERY(head)                                               \
  "SELECT a.id, a.patient, " KEPT ", 0, '', a.source_id, " STATUS \
  ", a.department, a.at"                                          \
  " FROM appointment a WHERE " head                               \
  FHIR_STATUS(STATUS) FHIR_DATED("coalesce(a.at, 0)")             \
      FHIR_CHANGED(KEPT) " AND " FHIR_ACCESS("a.patient") FHIR_PAGE("a.id")

enum { NUMBER = 5, STATUS_, DEPARTMENT, WHEN };

static void put_number(struct fhir_show *show, const char *number) {
  fhir_put_open(show, "identifier", "[{");
  fhir_put_text(show, "value", number);
  fhir_put_close(show, "}]");
}

static void show_appointment(struct fhir_show *show, struct stmt *row) {
  put_number(show, stmt_text(row, NUMBER));
  fhir_put_text(show, "status", stmt_text(row, STATUS_));
  if (!stmt_null(row, DEPARTMENT)) {
    fhir_put_open(show, "serviceType", "[");
    fhir_put_concept(show, NULL, NULL, stmt_text(row, DEPARTMENT), NULL);
    fhir_put_close(show, "]");
  }
  fhir_put_time(show, "start", stmt_int(row, WHEN));
  fhir_put_time(show, "end", stmt_int(row, WHEN));
  fhir_put_open(show, "participant", "[{");
  fhir_put_reference(show, "actor", "Patient", 'p', stmt_int(row, 1));
  fhir_put_text(show, "status", "accepted");
  fhir_put_close(show, "}]");
}

static const char *word_of(const struct value *status, bool known) {
  static const char *const words[][2] = {
      {"arrived", "booked"}, {"checked-in", "booked"},
      {"fulfilled", "done"}, {"cancelled", "cancelled"},
      {"noshow", "no-show"}, {"entered-in-error", "cancelled"}};
  if (value_is(status, "booked")) return known ? "changed" : "booked";
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (value_is(status, words[i][0])) return words[i][1];
  return NULL;
}

static struct value patient_of(const struct value *resource) {
  struct value people = value_field(resource, "participant"), person;
  struct value_iter iter = value_iterate(&people);
  while (value_next(&iter, NULL, &person)) {
    struct value actor = value_field(&person, "actor"),
                 type = value_field(&actor, "type"),
                 at = value_field(&actor, "reference");
    char *text = value_copy_text(&at);
    bool patient = value_is(&type, "Patient") || (text && strstr(text, "Patient/"));
    mem_free(text);
    if (patient) return actor;
  }
  return (struct value){.kind = VALUE_NIL};
}

static struct value department_of(const struct value *resource) {
  struct value service = value_field(resource, "serviceType"),
               code = fhir_code(&service, NULL);
  if (code.kind == VALUE_NIL) code = fhir_words(&service);
  struct value specialty = value_field(resource, "specialty");
  return code.kind == VALUE_NIL ? fhir_code(&specialty, NULL) : code;
}

static int tell(struct fhir_taking *taking, const char *mrn, const char *number,
                const char *word) {
  struct value start = value_field(&taking->resource, "start"),
               department = department_of(&taking->resource);
  struct merge appointment = {0}, event = {0};
  struct buf map = {0};
  merge_text(&appointment, "id", number);
  merge_text(&appointment, "status", word);
  merge_value(&appointment, "at", &start);
  merge_value(&appointment, "department", &department);
  merge_end(&appointment, &map);
  merge_encoded(&event, "appointment", &map);
  buf_deinit(&map);
  return fhir_event_of(taking, "appointment", NULL, mrn, NULL, &event);
}

// The source's own number; of an update, the one that is known. Owned.
static char *number_of(struct fhir_taking *taking) {
  struct value list = value_field(&taking->resource, "identifier"),
               number = fhir_identifier(&list, NULL, "");
  if (!taking->update) return value_copy_text(&number);
  struct stmt *row = store_query(taking->care->store,
                                 "SELECT source_id, source FROM appointment WHERE id=?1",
                                 "i", taking->key.row);
  char *known = stmt_row(row) ? mem_copy_text(stmt_text(row, 0)) : NULL;
  if (known) taking->source = mem_copy_text(stmt_text(row, 1));
  stmt_done(row);
  return known;
}

static int64_t find(struct fhir_taking *taking, const char *number) {
  return store_int(taking->care->store, 0,
                   "SELECT id FROM appointment WHERE source_id=?1 AND source=?2", "tt",
                   number, taking->source ? taking->source : taking->row->source);
}

static int take_number(struct fhir_taking *taking, const char *mrn, const char *number) {
  struct value status = value_field(&taking->resource, "status");
  int64_t known = find(taking, number);
  const char *word = word_of(&status, known != 0);
  if (!word)
    return fhir_wrong(taking,
                      "Appointment.status: must be one of booked, arrived, "
                      "checked-in, fulfilled, cancelled, noshow, entered-in-error; "
                      "one that is only proposed is sent when it is booked");
  if (tell(taking, mrn, number, word)) return taking->status->code;
  if (!taking->update) fhir_made(taking, find(taking, number), known != 0);
  return OK;
}

static int take_appointment(struct fhir_taking *taking) {
  struct value actor = patient_of(&taking->resource);
  char *number = number_of(taking);
  struct buf mrn = {0};
  if (!number)
    fhir_wrong(taking, "Appointment.identifier: is missing; give the booking's number");
  else if (fhir_subject(taking, &actor, "Appointment.participant.actor", &mrn))
    take_number(taking, mrn.data, number);
  buf_deinit(&mrn);
  mem_free(number);
  return taking->status->code;
}

const struct fhir_type fhir_appointment = {
    .name = "Appointment",
    .kind = 'u',
    .may = FHIR_CREATE | FHIR_UPDATE | FHIR_NUMBERED,
    .identifies = "appointment",
    .statuses = "booked fulfilled cancelled noshow",
    .dated = "date",
    .dated_at = "coalesce(a.at, 0)",
    .by_id = QUERY("a.id=?3"),
    .by_identifier = QUERY("a.source_id=?5 AND a.id>?11"),
    .by_patient = QUERY("a.patient=?4 AND a.id>?11"),
    .walk = QUERY(FHIR_WALK("a.id")),
    .last = "SELECT max(id) FROM appointment",
    .show = show_appointment,
    .take = take_appointment};
