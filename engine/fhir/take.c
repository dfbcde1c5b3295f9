#include "fhir/take.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/iso.h"
#include "base/mem.h"
#include "care/patient.h"
#include "fhir/element.h"

int fhir_wrong(struct fhir_taking *taking, const char *format, ...) {
  char text[400];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return status_fail(taking->status, ERR_INVALID, "%s", text);
}

void fhir_made(struct fhir_taking *taking, int64_t row, bool found) {
  public_id_format(taking->fhir->api->keys.public_id, taking->type->kind, row,
                   taking->id);
  taking->found = found;
}

void fhir_made_part(struct fhir_taking *taking, int64_t patient, int64_t part,
                    const char *rest, bool found) {
  fhir_id_join(taking->fhir, taking->type, patient, part, rest ? rest : "", taking->id);
  taking->found = found;
}

static void put_moment(struct fhir_taking *taking, const struct value *at,
                       struct merge *fields) {
  char now[ISO_SIZE];
  iso_format(kernel_now(taking->care->kernel), care_site_zone(taking->care), now);
  if (at && at->kind != VALUE_NIL)
    merge_value(fields, "at", at);
  else
    merge_text(fields, "at", now);
}

int fhir_event(struct fhir_taking *taking, const char *kind, const struct value *at,
               struct merge *fields) {
  struct buf posted = {0}, clean = {0};
  struct value view;
  put_moment(taking, at, fields);
  merge_text(fields, "id", taking->row->source_id);
  merge_text(fields, "kind", kind);
  merge_end(fields, &posted);
  value_read_front(posted.data, posted.len, &view);
  int code = event_check(&view, taking->care->measures, &clean, taking->status);
  if (!code) {
    value_read_front(clean.data, clean.len, &view);
    struct inbox_row row = *taking->row;
    if (taking->source) row.source = taking->source;
    code = event_do(taking->care, &row, &view, &taking->done, taking->status);
    taking->row->result = row.result;
  }
  buf_deinit(&posted);
  buf_deinit(&clean);
  return code;
}

int fhir_event_of(struct fhir_taking *taking, const char *kind, const struct value *at,
                  const char *mrn, struct merge *patient, struct merge *fields) {
  struct merge none = {0};
  struct buf map = {0};
  if (!patient) patient = &none;
  merge_text(patient, "mrn", mrn);
  merge_end(patient, &map);
  merge_encoded(fields, "patient", &map);
  buf_deinit(&map);
  return fhir_event(taking, kind, at, fields);
}

// Who is one person with another now is that other.
static int64_t remaining(struct care *care, int64_t patient) {
  for (int i = 0; i < 8; i++) {
    int64_t into = store_int(care->store, 0,
                             "SELECT merged_into FROM patient WHERE id=?1", "i", patient);
    if (!into) break;
    patient = into;
  }
  return patient;
}

static int64_t by_identifier(struct fhir_taking *taking, const struct value *reference) {
  struct value system = fhir_at(reference, "identifier.system"),
               value = fhir_at(reference, "identifier.value");
  const char *known = taking->fhir->mrn;
  if (value.kind != VALUE_TEXT ||
      (known && system.kind == VALUE_TEXT && !value_is(&system, known)))
    return 0;
  char *mrn = value_copy_text(&value);
  int64_t patient = patient_by_mrn(taking->care, mrn);
  mem_free(mrn);
  return patient;
}

static int64_t by_address(struct fhir_taking *taking, const struct value *reference) {
  struct fhir_key key;
  char id[FHIR_ID];
  if (!fhir_reference(taking, reference, &fhir_patient, id) ||
      !fhir_id_parse(taking->fhir, &fhir_patient, id, &key))
    return 0;
  return store_int(taking->care->store, 0, "SELECT id FROM patient WHERE id=?1", "i",
                   key.row);
}

int64_t fhir_subject(struct fhir_taking *taking, const struct value *reference,
                     const char *element, struct buf *mrn) {
  int64_t patient = by_address(taking, reference);
  if (!patient) patient = by_identifier(taking, reference);
  if (!patient) {
    fhir_wrong(taking,
               "%s: names no patient that is known here; send the Patient first, then "
               "give {\"reference\": \"Patient/ID\"}, or {\"identifier\": …} with the "
               "patient's number",
               element);
    return 0;
  }
  patient = remaining(taking->care, patient);
  char *text = store_text(taking->care->store,
                          "SELECT value FROM identity WHERE person=?1 AND kind='mrn' "
                          "ORDER BY position, id LIMIT 1",
                          "i", patient);
  buf_puts(mrn, text ? text : "");
  free(text);
  return patient;
}

int fhir_visit(struct fhir_taking *taking, const struct value *reference,
               const char *element, struct buf *visit) {
  struct value number = fhir_at(reference, "identifier.value");
  struct fhir_key key = {0};
  char id[FHIR_ID], *known = NULL;
  if (fhir_reference(taking, reference, &fhir_encounter, id) &&
      fhir_id_parse(taking->fhir, &fhir_encounter, id, &key))
    known = store_text(taking->care->store, "SELECT visit FROM encounter WHERE id=?1",
                       "i", key.row);
  if (known)
    buf_puts(visit, known);
  else if (number.kind == VALUE_TEXT)
    buf_put(visit, number.text.data, number.text.len);
  free(known);
  if (visit->len || reference->kind == VALUE_NIL) return OK;
  return fhir_wrong(
      taking, "%s: names no stay that is known here; send the Encounter first", element);
}
