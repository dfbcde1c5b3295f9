// GET /fhir/TYPE/ID.
#include <string.h>

#include "fhir/ask.h"
#include "fhir/people.h"
#include "fhir/resource.h"

static bool is_same(const char *tags, const char *version) {
  return tags && (strstr(tags, version) || !strcmp(tags, "*"));
}

void fhir_read(struct fhir_ask *ask) {
  struct buf out = {0}, people = {0};
  struct json json = {.out = &out};
  struct fhir_seen seen;
  struct fhir_headers headers;
  if (!fhir_resource_find(ask->fhir, ask->type, ask->segments[1], ask->caller, &json,
                          &seen)) {
    fhir_problem(ask, 404, "there is no such %s among those that this token sees",
                 ask->type->name);
    fhir_ask_free(ask);
    return;
  }
  struct fhir_answer answer = fhir_headers_put(&headers, 200, seen.version, seen.changed);
  if (is_same(fhir_ask_header(ask, "If-None-Match"), seen.version)) {
    answer.status = 304;
    buf_clear(&out);
  }
  fhir_people_add(&people, ask->type, seen.patient);
  fhir_people_send(ask, &answer, &out, &people);
  buf_deinit(&people);
  buf_deinit(&out);
}
