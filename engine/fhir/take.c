// The inbox kind "fhir": {entries = {{id, if_match, if_none_exist, resource, type}}},
// applied as events, all of them or none.
#include "fhir/take.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/iso.h"
#include "base/mem.h"
#include "care/patient.h"
#include "fhir/element.h"
#include "fhir/inbox.h"
#include "fhir/token.h"

static const struct caller everybody = {.scopes = SCOPE_READ | SCOPE_CONTACTS};

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
  struct value field = value_field(reference, "reference");
  char *text = value_copy_text(&field), *slash = text ? strrchr(text, '/') : NULL;
  bool patient = slash && slash - text >= 7 && !memcmp(slash - 7, "Patient", 7);
  int64_t row =
      patient ? public_id_parse(taking->fhir->api->keys.public_id, 'p', slash + 1) : 0;
  mem_free(text);
  return row && store_int(taking->care->store, 0, "SELECT 1 FROM patient WHERE id=?1",
                          "i", row)
             ? row
             : 0;
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
  struct value field = value_field(reference, "reference"),
               number = fhir_at(reference, "identifier.value");
  char *text = value_copy_text(&field), *slash = text ? strrchr(text, '/') : NULL;
  int64_t row =
      slash ? public_id_parse(taking->fhir->api->keys.public_id, 'v', slash + 1) : 0;
  char *known = row ? store_text(taking->care->store,
                                 "SELECT visit FROM encounter WHERE id=?1", "i", row)
                    : NULL;
  if (known)
    buf_puts(visit, known);
  else if (number.kind == VALUE_TEXT)
    buf_put(visit, number.text.data, number.text.len);
  free(known);
  mem_free(text);
  if (visit->len || reference->kind == VALUE_NIL) return OK;
  return fhir_wrong(
      taking, "%s: names no stay that is known here; send the Encounter first", element);
}

// An update needs what is to be updated, as it was seen when that is said.
static int check_known(struct fhir_taking *taking) {
  struct value match = value_field(&taking->entry, "if_match");
  struct fhir_seen seen;
  char *tag;
  bool same;
  if (!fhir_id_parse(taking->fhir, taking->type, taking->id, &taking->key) ||
      !fhir_resource_find(taking->fhir, taking->type, taking->id, &everybody, NULL,
                          &seen)) {
    taking->http = 405;
    return status_fail(taking->status, ERR_NOT_FOUND,
                       "there is no such %s, and ids are given here: create it by POST",
                       taking->type->name);
  }
  tag = value_copy_text(&match);
  same = !tag || strstr(tag, seen.version);
  mem_free(tag);
  if (same) return OK;
  taking->http = 412;
  return status_fail(taking->status, ERR_CONFLICT,
                     "If-Match: it is at version W/\"%s\" now; read it again",
                     seen.version);
}

// "identifier=system|number": 1 when one is known, -1 when the text says something else.
static int find_existing(struct fhir_taking *taking) {
  struct value asked = value_field(&taking->entry, "if_none_exist");
  struct buf number = {0};
  char *text = value_copy_text(&asked);
  bool good = text && !strncmp(text, "identifier=", 11) && taking->type->identifies &&
              !strchr(text, '&');
  int64_t row = 0;
  if (good &&
      fhir_token_read(taking->fhir, taking->type->identifies, text + 11, &number)) {
    struct stmt *found =
        fhir_resource_by_identifier(taking->fhir, taking->type, buf_text(&number));
    if (stmt_row(found)) row = stmt_int(found, 0);
    if (row && stmt_row(found)) {
      good = false;
      taking->http = 412;
    }
    stmt_done(found);
  }
  if (row && good) fhir_made(taking, row, true);
  buf_deinit(&number);
  mem_free(text);
  if (good || asked.kind == VALUE_NIL) return row != 0;
  return status_fail(taking->status, taking->http ? ERR_CONFLICT : ERR_INVALID,
                     taking->http ? "If-None-Exist: several match; ask more narrowly"
                                  : "If-None-Exist: only identifier=system|number is "
                                    "understood, of types that have identifiers");
}

static int check_type(struct fhir_taking *taking) {
  struct value type = value_field(&taking->resource, "resourceType"),
               id = value_field(&taking->resource, "id");
  if (!value_is(&type, taking->type->name))
    return fhir_wrong(taking, "resourceType: must be %s at this address",
                      taking->type->name);
  if (taking->update && !value_is(&id, taking->id))
    return fhir_wrong(taking, "%s.id: must be the one in the address",
                      taking->type->name);
  return OK;
}

static int take(struct fhir_taking *taking) {
  int known = 0;
  if (check_type(taking)) return taking->status->code;
  if (taking->update)
    known = check_known(taking);
  else
    known = find_existing(taking);
  if (known < 0) return known;
  return known && !taking->update ? OK : taking->type->take(taking);
}

static void copy_id(struct fhir_taking *taking) {
  struct value id = value_field(&taking->entry, "id");
  char *text = value_copy_text(&id);
  if (text) snprintf(taking->id, sizeof taking->id, "%s", text);
  taking->update = text != NULL;
  mem_free(text);
}

static int take_entry(struct fhir *fhir, struct inbox_row *row, const struct value *entry,
                      struct fhir_taking *taking, struct status *status) {
  struct value name = value_field(entry, "type");
  *taking = (struct fhir_taking){.fhir = fhir,
                                 .care = fhir->care,
                                 .row = row,
                                 .entry = *entry,
                                 .resource = value_field(entry, "resource"),
                                 .status = status};
  taking->type = fhir_type_find(name.text.data, name.text.len);
  copy_id(taking);
  int code = take(taking);
  mem_free(taking->source);
  return code;
}

// What is refused before anything was written is told with its own HTTP status.
static int tell_refusal(struct inbox_row *row, const struct fhir_taking *taking) {
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "detail", taking->status->text);
  mapping_int(&map, "status", taking->http);
  mapping_end(&map);
  taking->status->code = OK;
  return OK;
}

static void tell(struct inbox_row *row, const struct fhir_taking *taking) {
  buf_clear(&row->result);  // the event's own word of it
  struct mapping map = mapping_begin(&row->result);
  mapping_text(&map, "id", taking->id);
  if (taking->done.patient) mapping_int(&map, "patient", taking->done.patient);
  mapping_int(&map, "status", taking->update || taking->found ? 200 : 201);
  mapping_end(&map);
}

static int apply(void *self, struct inbox_row *row, struct status *status) {
  struct value entries = value_field(&row->body, "entries"),
               entry = value_at(&entries, 0);
  struct fhir_taking taking;
  int code = take_entry(self, row, &entry, &taking, status);
  if (code && taking.http) return tell_refusal(row, &taking);
  if (!code) tell(row, &taking);
  return code;
}

void fhir_handlers(struct fhir *fhir) {
  static const struct inbox_handler handler = {.kind = "fhir", .apply = apply};
  kernel_handle_inbox(fhir->care->kernel, &handler, fhir);
}
