#include "fhir/resource.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/iso.h"

void fhir_id_join(const struct fhir *fhir, const struct fhir_type *type, int64_t patient,
                  int64_t part, const char *rest, char out[FHIR_ID]) {
  const unsigned char *key = fhir->api->keys.public_id;
  char first[PUBLIC_ID_SIZE], second[PUBLIC_ID_SIZE];
  public_id_format(key, 'p', patient, first);
  public_id_format(key, type->kind, part, second);
  snprintf(out, FHIR_ID, "%s.%s%s%s", first, second, *rest ? "." : "", rest);
}

void fhir_id_format(const struct fhir *fhir, const struct fhir_type *type,
                    struct stmt *row, char out[FHIR_ID]) {
  int64_t named = stmt_int(row, 3);
  if (type->may & FHIR_OF_PATIENT)
    fhir_id_join(fhir, type, stmt_int(row, 1), named, stmt_text(row, 4), out);
  else
    public_id_format(fhir->api->keys.public_id, type->kind,
                     named ? named : stmt_int(row, 0), out);
}

// "p3k9….c8aw…" and what follows the second point.
static bool parse_parts(const unsigned char *key, char kind, const char *id,
                        struct fhir_key *out) {
  char parts[FHIR_ID];
  snprintf(parts, sizeof parts, "%s", id);
  char *person = strchr(parts, '.');
  if (!person) return false;
  *person++ = '\0';
  char *rest = strchr(person, '.');
  if (rest) *rest++ = '\0';
  out->patient = public_id_parse(key, 'p', parts);
  out->part = public_id_parse(key, kind, person);
  snprintf(out->rest, sizeof out->rest, "%s", rest ? rest : "");
  out->row = out->part;
  return out->patient && out->part;
}

bool fhir_id_parse(const struct fhir *fhir, const struct fhir_type *type, const char *id,
                   struct fhir_key *out) {
  const unsigned char *key = fhir->api->keys.public_id;
  *out = (struct fhir_key){0};
  if (type->may & FHIR_OF_PATIENT) return parse_parts(key, type->kind, id, out);
  out->row = public_id_parse(key, type->kind, id);
  return out->row != 0;
}

// Fields, as who may see all of it sees them, or masked.
static void put_fields(struct fhir *fhir, const struct fhir_type *type, struct stmt *row,
                       bool masked, struct buf *out) {
  struct fhir_show show = {fhir, {.out = out}, masked};
  buf_clear(out);
  type->show(&show, row);
}

static void put_meta(struct fhir *fhir, struct json *json, const struct fhir_seen *seen,
                     bool masked) {
  json_key(json, "meta");
  json_open(json, '{');
  json_key(json, "versionId");
  json_text(json, seen->version);
  if (seen->changed) {
    json_key(json, "lastUpdated");
    json_time(json, seen->changed, care_site_zone(fhir->care));
  }
  if (masked) {
    json_key(json, "security");
    json_open(json, '[');
    json_open(json, '{');
    json_key(json, "system");
    json_text(json, "http://terminology.hl7.org/CodeSystem/v3-ObservationValue");
    json_key(json, "code");
    json_text(json, "MASKED");
    json_close(json, '}');
    json_close(json, ']');
  }
  json_close(json, '}');
}

static void put_head(struct fhir *fhir, const struct fhir_type *type,
                     const struct fhir_seen *seen, bool masked, struct json *json) {
  json_open(json, '{');
  json_key(json, "resourceType");
  json_text(json, type->name);
  json_key(json, "id");
  json_text(json, seen->id);
  put_meta(fhir, json, seen, masked);
}

static void put_version(const struct buf *fields, struct fhir_seen *seen) {
  char digest[33];
  digest_hex(buf_text(fields), fields->len, digest);
  memcpy(seen->version, digest, FHIR_VERSION - 1);
}

void fhir_fields_put(struct fhir *fhir, const struct fhir_type *type, const char *id,
                     const struct buf *fields, struct json *json, struct fhir_seen *out) {
  struct fhir_seen seen = {0};
  snprintf(seen.id, sizeof seen.id, "%s", id);
  put_version(fields, &seen);
  if (json) {
    put_head(fhir, type, &seen, false, json);
    if (fields->len) buf_printf(json->out, ",%s", fields->data);
    json_close(json, '}');
  }
  if (out) *out = seen;
}

void fhir_resource_put(struct fhir *fhir, const struct fhir_type *type, struct stmt *row,
                       bool masked, struct json *json, struct fhir_seen *out) {
  struct fhir_seen seen = {
      .row = stmt_int(row, 0), .patient = stmt_int(row, 1), .changed = stmt_int(row, 2)};
  struct buf fields = {0};
  masked = masked && type->may & FHIR_PEOPLE;
  fhir_id_format(fhir, type, row, seen.id);
  put_fields(fhir, type, row, false, &fields);
  put_version(&fields, &seen);
  if (json) {
    if (masked) put_fields(fhir, type, row, true, &fields);
    put_head(fhir, type, &seen, masked, json);
    if (fields.len) buf_printf(json->out, ",%s", fields.data);
    json_close(json, '}');
  }
  buf_deinit(&fields);
  if (out) *out = seen;
}

struct sought {
  struct fhir *fhir;
  const struct fhir_type *type;
  const char *id;
  struct json *json;
  struct fhir_seen *out;
  bool found;
};

static void try_offered(void *self, const char *id, const struct buf *fields) {
  struct sought *sought = self;
  if (strcmp(sought->id, id)) return;
  sought->found = true;
  fhir_fields_put(sought->fhir, sought->type, id, fields, sought->json, sought->out);
}

bool fhir_resource_find(struct fhir *fhir, const struct fhir_type *type, const char *id,
                        const struct caller *caller, struct json *json,
                        struct fhir_seen *out) {
  struct fhir_key key;
  struct sought sought = {fhir, type, id, json, out};
  if (type->each) type->each(fhir, caller->departments, try_offered, &sought);
  if (type->each || !fhir_id_parse(fhir, type, id, &key)) return sought.found;
  struct stmt *row =
      store_query(fhir->care->store, type->by_id, "tiiittiiiiiiiit", caller->departments,
                  kernel_now(fhir->care->kernel), key.row, key.patient, NULL, NULL,
                  INT64_C(0), INT64_C(0), INT64_C(0), INT64_C(0), INT64_C(0), INT64_C(1),
                  INT64_C(0), key.part, key.rest);
  bool found = stmt_row(row);
  if (found)
    fhir_resource_put(fhir, type, row, !caller_may(caller, SCOPE_CONTACTS), json, out);
  stmt_done(row);
  return found;
}

struct stmt *fhir_resource_by_identifier(struct fhir *fhir, const struct fhir_type *type,
                                         const char *number) {
  return store_query(fhir->care->store, type->by_identifier, "tiiittiiiiiiiit", NULL,
                     kernel_now(fhir->care->kernel), INT64_C(0), INT64_C(0), number, NULL,
                     INT64_C(0), INT64_C(0), INT64_C(0), INT64_C(0), INT64_C(0),
                     INT64_C(2), INT64_MAX, INT64_C(0), "");
}
