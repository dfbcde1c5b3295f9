#include "fhir/element_put.h"

#include <string.h>

#include "base/mask.h"
#include "fhir/token.h"

#define IDENTIFIER_TYPES "http://terminology.hl7.org/CodeSystem/v2-0203"

void fhir_put_open(struct fhir_show *show, const char *key, const char *brackets) {
  if (key) json_key(&show->json, key);
  for (; *brackets; brackets++) json_open(&show->json, *brackets);
}

void fhir_put_close(struct fhir_show *show, const char *brackets) {
  for (; *brackets; brackets++) json_close(&show->json, *brackets);
}

void fhir_put_text(struct fhir_show *show, const char *key, const char *text) {
  if (!text || !*text) return;
  json_key(&show->json, key);
  json_text(&show->json, text);
}

void fhir_put_time(struct fhir_show *show, const char *key, int64_t ms) {
  if (!ms) return;
  json_key(&show->json, key);
  json_time(&show->json, ms, care_site_zone(show->fhir->care));
}

void fhir_put_reference(struct fhir_show *show, const char *key, const char *type,
                        char kind, int64_t row) {
  struct buf text = {0};
  char id[PUBLIC_ID_SIZE];
  if (!row) return;
  public_id_format(show->fhir->api->keys.public_id, kind, row, id);
  buf_printf(&text, "%s/%s", type, id);
  fhir_put_open(show, key, "{");
  fhir_put_text(show, "reference", text.data);
  fhir_put_close(show, "}");
  buf_deinit(&text);
}

void fhir_put_coding(struct fhir_show *show, const char *system, const char *code,
                     const char *display) {
  fhir_put_open(show, NULL, "{");
  fhir_put_text(show, "system", system);
  fhir_put_text(show, "code", code);
  fhir_put_text(show, "display", display);
  fhir_put_close(show, "}");
}

void fhir_put_concept(struct fhir_show *show, const char *key, const char *system,
                      const char *code, const char *text) {
  if ((!code || !*code) && (!text || !*text)) return;
  fhir_put_open(show, key, "{");
  if (code && *code) {
    fhir_put_open(show, "coding", "[");
    fhir_put_coding(show, system, code, NULL);
    fhir_put_close(show, "]");
  }
  fhir_put_text(show, "text", text);
  fhir_put_close(show, "}");
}

static void put_masked(struct fhir_show *show, const char *key, const char *value,
                       void (*mask)(const char *, struct buf *)) {
  struct buf text = {0};
  if (show->masked) mask(value, &text);
  fhir_put_text(show, key, show->masked ? buf_text(&text) : value);
  buf_deinit(&text);
}

void fhir_put_identifier(struct fhir_show *show, const char *which, const char *type,
                         const char *value) {
  if (!value || !*value || *value == '~') return;  // "~12": the source gave none
  fhir_put_open(show, NULL, "{");
  fhir_put_text(show, "use", "usual");
  fhir_put_concept(show, "type", IDENTIFIER_TYPES, type, NULL);
  fhir_put_text(show, "system", fhir_system(show->fhir, which));
  put_masked(show, "value", value, mask_number);
  fhir_put_close(show, "}");
}

void fhir_put_name(struct fhir_show *show, const char *name) {
  if (!name || !*name) return;
  fhir_put_open(show, "name", "[{");
  fhir_put_text(show, "use", "official");
  put_masked(show, "text", name, mask_name);
  fhir_put_close(show, "}]");
}

static void put_point(struct fhir_show *show, struct stmt *row, int64_t rank) {
  fhir_put_open(show, NULL, "{");
  fhir_put_text(show, "system", stmt_text(row, 0));
  put_masked(show, "value", stmt_text(row, 1), mask_number);
  json_key(&show->json, "rank");
  json_int(&show->json, rank);
  fhir_put_close(show, "}");
}

void fhir_put_telecom(struct fhir_show *show, int64_t person) {
  struct stmt *row = store_query(show->fhir->care->store,
                                 "SELECT kind, value FROM identity WHERE person=?1 AND "
                                 "kind IN ('phone','email') AND coalesce(flag,'')<>'void'"
                                 " ORDER BY kind DESC, position, id LIMIT 12",
                                 "i", person);
  int64_t rank = 0;
  while (stmt_row(row)) {
    if (!rank) {
      fhir_put_open(show, "telecom", "[");
    }
    put_point(show, row, ++rank);
  }
  if (rank) fhir_put_close(show, "]");
  stmt_done(row);
}
