// GET /fhir/metadata: what this server does, written from the table of what it does.
#include <string.h>

#include "fhir/ask.h"

static void pair(struct json *json, const char *key, const char *text) {
  json_key(json, key);
  json_text(json, text);
}

static void list_of(struct json *json, const char *key) {
  json_key(json, key);
  json_open(json, '[');
}

static void put_interaction(struct json *json, const char *code) {
  json_open(json, '{');
  pair(json, "code", code);
  json_close(json, '}');
}

static void put_parameter(struct json *json, const char *name, const char *type) {
  json_open(json, '{');
  pair(json, "name", name);
  pair(json, "type", type);
  json_close(json, '}');
}

static void put_parameters(struct json *json, const struct fhir_type *type) {
  list_of(json, "searchParam");
  put_parameter(json, "_id", "token");
  if (type->by_identifier) put_parameter(json, "identifier", "token");
  if (type->each) {
    json_close(json, ']');
    return;
  }
  put_parameter(json, "_lastUpdated", "date");
  if (type->by_patient && type->kind != 'p') put_parameter(json, "patient", "reference");
  if (type->statuses) put_parameter(json, "status", "token");
  if (type->dated) put_parameter(json, type->dated, "date");
  if (type->dated && strcmp(type->dated, "date") != 0)
    put_parameter(json, "date", "date");
  json_close(json, ']');
}

static void put_type(struct json *json, const struct fhir_type *type) {
  json_open(json, '{');
  pair(json, "type", type->name);
  list_of(json, "interaction");
  put_interaction(json, "read");
  put_interaction(json, "search-type");
  if (type->may & FHIR_CREATE) put_interaction(json, "create");
  if (type->may & FHIR_UPDATE) put_interaction(json, "update");
  json_close(json, ']');
  pair(json, "versioning", "versioned");
  json_key(json, "readHistory");
  json_bool(json, false);
  json_key(json, "updateCreate");
  json_bool(json, false);
  json_key(json, "conditionalCreate");
  json_bool(json, type->may & FHIR_CREATE && type->by_identifier);
  json_key(json, "conditionalUpdate");
  json_bool(json, (type->may & FHIR_NUMBERED) != 0);
  pair(json, "conditionalDelete", "not-supported");
  pair(json, "conditionalRead", "not-match");
  put_parameters(json, type);
  json_close(json, '}');
}

static void put_security(struct json *json) {
  json_key(json, "security");
  json_open(json, '{');
  pair(json, "description",
       "Bearer tokens of the configuration: scope read to read and search, events to "
       "create and update, contacts to see names and numbers whole.");
  json_close(json, '}');
}

static void put_rest(struct json *json) {
  list_of(json, "rest");
  json_open(json, '{');
  pair(json, "mode", "server");
  put_security(json);
  list_of(json, "interaction");
  put_interaction(json, "transaction");
  put_interaction(json, "batch");
  json_close(json, ']');
  list_of(json, "resource");
  for (const struct fhir_type *const *type = fhir_types; *type; type++)
    put_type(json, *type);
  json_close(json, ']');
  json_close(json, '}');
  json_close(json, ']');
}

void fhir_metadata(struct fhir_ask *ask) {
  struct buf out = {0};
  struct json json = {.out = &out};
  json_open(&json, '{');
  pair(&json, "resourceType", "CapabilityStatement");
  pair(&json, "status", "active");
  pair(&json, "date", "2026-11-28");
  pair(&json, "kind", "instance");
  json_key(&json, "software");
  json_open(&json, '{');
  pair(&json, "name", "Afterward");
  json_close(&json, '}');
  json_key(&json, "implementation");
  json_open(&json, '{');
  pair(&json, "description", "Afterward: follow-up after the ward");
  pair(&json, "url", buf_text(&ask->fhir->base));
  json_close(&json, '}');
  pair(&json, "fhirVersion", "4.0.1");
  list_of(&json, "format");
  json_text(&json, "application/fhir+json");
  json_text(&json, "json");
  json_close(&json, ']');
  put_rest(&json);
  json_close(&json, '}');
  fhir_send(ask, &(struct fhir_answer){.status = 200}, &out);
  fhir_ask_free(ask);
  buf_deinit(&out);
}
