// Patient: who somebody is, events of kind patient, death and merge.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "care/patient.h"
#include "fhir/element.h"
#include "fhir/element_put.h"
#include "fhir/query.h"
#include "fhir/take.h"

#define COLUMNS                                                                     \
  "SELECT p.id, p.id, coalesce(p.updated_at, p.created_at), 0, '', p.birth, p.sex," \
  " p.language, p.died_at, p.merged_into FROM patient p WHERE "
#define RULES \
  FHIR_CHANGED("coalesce(p.updated_at, p.created_at)") " AND " FHIR_ACCESS("p.id")
#define QUERY(head) COLUMNS head RULES FHIR_PAGE("p.id")

enum { BIRTH = 5, SEX, LANGUAGE, DIED, MERGED };

static void put_identifiers(struct fhir_show *show, int64_t patient) {
  struct stmt *row = store_query(show->fhir->care->store,
                                 "SELECT value FROM identity WHERE person=?1 AND "
                                 "kind='mrn' ORDER BY position, id LIMIT 20",
                                 "i", patient);
  bool any = false;
  while (stmt_row(row)) {
    if (!any) {
      fhir_put_open(show, "identifier", "[");
    }
    any = true;
    fhir_put_identifier(show, "mrn", "MR", stmt_text(row, 0));
  }
  if (any) fhir_put_close(show, "]");
  stmt_done(row);
}

static void put_one(struct fhir_show *show, int64_t patient, const char *kind,
                    void (*put)(struct fhir_show *, const char *)) {
  char *text =
      store_text(show->fhir->care->store,
                 "SELECT value FROM identity WHERE person=?1 AND kind=?2 LIMIT 1", "it",
                 patient, kind);
  if (text) put(show, text);
  free(text);
}

static void put_address(struct fhir_show *show, const char *text) {
  if (show->masked) return;
  fhir_put_open(show, "address", "[{");
  fhir_put_text(show, "text", text);
  fhir_put_close(show, "}]");
}

// Who may not know it all learns the month: enough to tell two people apart.
static void put_birth(struct fhir_show *show, const char *birth) {
  char text[11] = "";
  if (birth) strncpy(text, birth, show->masked ? 7 : 10);
  fhir_put_text(show, "birthDate", text);
}

static void put_link(struct fhir_show *show, int64_t into) {
  if (!into) return;
  fhir_put_open(show, "link", "[{");
  fhir_put_reference(show, "other", "Patient", 'p', into);
  fhir_put_text(show, "type", "replaced-by");
  fhir_put_close(show, "}]");
}

static void put_language(struct fhir_show *show, const char *language) {
  fhir_put_open(show, "communication", "[{");
  fhir_put_concept(show, "language", "urn:ietf:bcp:47",
                   language && !strcmp(language, "en") ? "en" : "zh", NULL);
  fhir_put_close(show, "}]");
}

static void show_patient(struct fhir_show *show, struct stmt *row) {
  int64_t patient = stmt_int(row, 0);
  put_identifiers(show, patient);
  json_key(&show->json, "active");
  json_bool(&show->json, stmt_null(row, MERGED));
  put_one(show, patient, "name", fhir_put_name);
  fhir_put_telecom(show, patient);
  fhir_put_text(show, "gender", stmt_text(row, SEX));
  put_birth(show, stmt_text(row, BIRTH));
  fhir_put_time(show, "deceasedDateTime", stmt_int(row, DIED));
  put_one(show, patient, "address", put_address);
  put_language(show, stmt_text(row, LANGUAGE));
  put_link(show, stmt_int(row, MERGED));
}

// "1951" and "1951-02" are dates to FHIR; here a birth date is whole, or not known.
static void merge_whole_date(struct merge *fields, const struct value *date) {
  bool part = date->kind == VALUE_TEXT && (date->text.len == 4 || date->text.len == 7);
  for (size_t i = 0; part && i < date->text.len; i++)
    part = i == 4 ? date->text.data[i] == '-'
                  : date->text.data[i] >= '0' && date->text.data[i] <= '9';
  if (!part) merge_value(fields, "birth", date);
}

static void merge_sex(struct merge *fields, const struct value *gender) {
  if (!value_is(gender, "unknown")) merge_value(fields, "sex", gender);
}

static void merge_language(struct merge *fields, const struct value *resource) {
  struct value language = fhir_at(resource, "communication.0.language"),
               code = fhir_code(&language, NULL);
  if (code.kind != VALUE_TEXT || code.text.len < 2) return;
  if (!memcmp(code.text.data, "zh", 2)) merge_text(fields, "language", "zh");
  if (!memcmp(code.text.data, "en", 2)) merge_text(fields, "language", "en");
}

static void merge_person(struct merge *fields, const struct value *resource) {
  struct value names = value_field(resource, "name"),
               addresses = value_field(resource, "address"),
               birth = value_field(resource, "birthDate"),
               gender = value_field(resource, "gender"), view;
  struct buf name = {0}, address = {0};
  fhir_name_read(&names, &name);
  fhir_address_read(&addresses, &address);
  view = fhir_view(&name);
  merge_value(fields, "name", &view);
  view = fhir_view(&address);
  merge_value(fields, "address", &view);
  merge_whole_date(fields, &birth);
  merge_sex(fields, &gender);
  merge_language(fields, resource);
  buf_deinit(&name);
  buf_deinit(&address);
}

// What is known is corrected; an update's numbers take the place of those before.
static int tell_person(struct fhir_taking *taking, const char *mrn, const char *kind) {
  struct merge patient = {0}, event = {0};
  if (strcmp(kind, "contact")) merge_person(&patient, &taking->resource);
  fhir_merge_telecom(&patient, &taking->resource);
  return fhir_event_of(taking, kind, NULL, mrn, &patient, &event);
}

static int tell_death(struct fhir_taking *taking, const char *mrn) {
  struct value at = value_field(&taking->resource, "deceasedDateTime"),
               flag = value_field(&taking->resource, "deceasedBoolean");
  struct merge event = {0};
  if (at.kind == VALUE_NIL && !(flag.kind == VALUE_BOOL && flag.boolean)) return OK;
  return fhir_event_of(taking, "death", &at, mrn, NULL, &event);
}

static int tell_merge(struct fhir_taking *taking, const char *from, const char *into) {
  struct merge pair = {0}, event = {0};
  struct buf map = {0};
  if (!strcmp(from, into)) return OK;
  merge_text(&pair, "from_mrn", from);
  merge_text(&pair, "into_mrn", into);
  merge_end(&pair, &map);
  merge_encoded(&event, "merge", &map);
  buf_deinit(&map);
  return fhir_event(taking, "merge", NULL, &event);
}

static int tell_link(struct fhir_taking *taking, const struct value *link,
                     const char *mrn) {
  struct value type = value_field(link, "type"), other = value_field(link, "other");
  struct buf its = {0};
  bool by = value_is(&type, "replaced-by");
  int code = OK;
  if (!by && !value_is(&type, "replaces")) return OK;
  if (!fhir_number_ahead(taking, &other, &its) &&
      !fhir_subject(taking, &other, "Patient.link.other", &its))
    code = taking->status->code;
  else
    code = by ? tell_merge(taking, mrn, its.data) : tell_merge(taking, its.data, mrn);
  buf_deinit(&its);
  return code;
}

static int tell_links(struct fhir_taking *taking, const char *mrn) {
  struct value links = value_field(&taking->resource, "link"), link;
  struct value_iter iter = value_iterate(&links);
  while (value_next(&iter, NULL, &link))
    if (tell_link(taking, &link, mrn)) return taking->status->code;
  return OK;
}

// Of an update: one of the numbers that the patient has.
static int check_number(struct fhir_taking *taking, char **mrn) {
  if (*mrn) {
    int64_t owner = patient_by_mrn(taking->care, *mrn);
    int64_t into =
        store_int(taking->care->store, 0, "SELECT merged_into FROM patient WHERE id=?1",
                  "i", taking->key.row);
    if (owner == taking->key.row || (into && owner == into)) return OK;
    return fhir_wrong(taking,
                      "Patient.identifier: is no number of the patient in the address; a "
                      "second number is told by Patient.link");
  }
  char *known = store_text(taking->care->store,
                           "SELECT value FROM identity WHERE person=?1 AND kind='mrn' "
                           "ORDER BY position, id LIMIT 1",
                           "i", taking->key.row);
  *mrn = known ? mem_copy_text(known) : NULL;
  free(known);
  return *mrn ? OK : fhir_wrong(taking, "Patient.identifier: is missing");
}

static int take_known(struct fhir_taking *taking, const char *mrn) {
  struct value telecom = value_field(&taking->resource, "telecom");
  int64_t before = patient_by_mrn(taking->care, mrn);
  int code = tell_person(taking, mrn, "patient");
  if (!code && taking->update && value_count(&telecom))
    code = tell_person(taking, mrn, "contact");
  if (!code && !taking->update)
    fhir_made(taking, patient_by_mrn(taking->care, mrn), before != 0);
  if (!code) code = tell_death(taking, mrn);
  return code ? code : tell_links(taking, mrn);
}

static int take_patient(struct fhir_taking *taking) {
  struct value identifiers = value_field(&taking->resource, "identifier"),
               number = fhir_identifier(&identifiers, taking->fhir->mrn, "MR");
  char *mrn = value_copy_text(&number);
  int code = OK;
  if (taking->update)
    code = check_number(taking, &mrn);
  else if (!mrn)
    code = fhir_wrong(taking, "Patient.identifier: needs the patient's number%s%s",
                      taking->fhir->mrn ? ", of system " : "",
                      taking->fhir->mrn ? taking->fhir->mrn : "");
  if (!code) code = take_known(taking, mrn);
  mem_free(mrn);
  return code;
}

const struct fhir_type fhir_patient = {
    .name = "Patient",
    .kind = 'p',
    .may = FHIR_CREATE | FHIR_UPDATE | FHIR_NUMBERED | FHIR_PEOPLE,
    .identifies = "mrn",
    .by_id = QUERY("p.id=?3"),
    .by_identifier = QUERY("p.id IN (SELECT person FROM identity WHERE value=?5 AND "
                           "kind='mrn') AND p.id>?11"),
    .by_patient = QUERY("p.id=?4"),
    .walk = QUERY(FHIR_WALK("p.id")),
    .last = "SELECT max(id) FROM patient",
    .show = show_patient,
    .take = take_patient};
