#include "fhir/outcome.h"

#include <string.h>

static const char *issue_code(int status) {
  static const struct {
    int status;
    const char *code;
  } table[] = {{400, "invalid"},       {401, "login"},         {403, "forbidden"},
               {404, "not-found"},     {405, "not-supported"}, {406, "not-supported"},
               {409, "conflict"},      {412, "conflict"},      {413, "too-long"},
               {415, "not-supported"}, {422, "invalid"},       {429, "throttled"},
               {501, "not-supported"}, {503, "transient"},     {507, "no-store"}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (table[i].status == status) return table[i].code;
  return "exception";
}

// Fields of an event (care/event_shape.c) and the elements that they are made from.
static const struct {
  const char *field, *element;
} elements[] = {
    {"patient.mrn", "Patient.identifier"},  {"patient.name", "Patient.name"},
    {"patient.birth", "Patient.birthDate"}, {"patient.sex", "Patient.gender"},
    {"patient.address", "Patient.address"}, {"patient.phones", "Patient.telecom"},
    {"patient.email", "Patient.telecom"},   {"visit", "Encounter.identifier"},
    {"admitted", "Encounter.period.start"}, {"at", "Encounter.period"},
    {"ward", "Encounter.location"},         {"department", "Encounter.serviceType"}};

static const char *element_of(const char *field, size_t len) {
  for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
    size_t known = strlen(elements[i].field);
    if (len >= known && !memcmp(field, elements[i].field, known) &&
        (len == known || field[known] == '['))
      return elements[i].element;
  }
  return NULL;
}

// Copies the sentence, and gives the first element that it names.
static const char *translate(const char *sentence, struct buf *out) {
  static const char mark[] = "\"";
  const char *first = NULL;
  while (*sentence) {
    size_t plain = strcspn(sentence, mark);
    buf_put(out, sentence, plain);
    sentence += plain;
    if (!*sentence) break;
    size_t len = strcspn(sentence + 1, mark);
    const char *element = element_of(sentence + 1, len);
    if (element && sentence[1 + len]) {
      if (out->len >= 6 && !memcmp(out->data + out->len - 6, "field ", 6)) out->len -= 6;
      buf_puts(out, element);
      if (!first) first = element;
      sentence += len + 2;
    } else {
      buf_putc(out, *sentence++);
    }
  }
  return first;
}

void fhir_outcome_put(struct json *json, int status, const char *sentence) {
  struct buf text = {0};
  const char *element = translate(sentence, &text);
  json_open(json, '{');
  json_key(json, "resourceType");
  json_text(json, "OperationOutcome");
  json_key(json, "issue");
  json_open(json, '[');
  json_open(json, '{');
  json_key(json, "severity");
  json_text(json, "error");
  json_key(json, "code");
  json_text(json, issue_code(status));
  json_key(json, "diagnostics");
  json_text(json, buf_text(&text));
  if (element) {
    json_key(json, "expression");
    json_open(json, '[');
    json_text(json, element);
    json_close(json, ']');
  }
  json_close(json, '}');
  json_close(json, ']');
  json_close(json, '}');
  buf_deinit(&text);
}

const char fhir_content_type[] = "application/fhir+json;charset=utf-8";

const char *fhir_outcome_body(int status, const char *sentence, struct buf *out) {
  fhir_outcome_put(&(struct json){.out = out}, status, sentence ? sentence : "");
  return fhir_content_type;
}
