// How a Bundle is answered: an entry for each of its own, in its order.
#include <stdio.h>
#include <string.h>

#include "fhir/bundle.h"
#include "fhir/outcome.h"
#include "fhir/people.h"
#include "fhir/resource.h"
#include "io/http_answer.h"

struct answering {
  struct fhir_bundle *bundle;
  struct json json;
  struct buf *people;
};

static void put_status(struct json *json, int status) {
  char text[64];
  snprintf(text, sizeof text, "%d %s", status, http_status_phrase(status));
  json_key(json, "status");
  json_text(json, text);
}

static void put_outcome(struct json *json, int status, const char *sentence) {
  json_key(json, "response");
  json_open(json, '{');
  put_status(json, status);
  json_key(json, "outcome");
  fhir_outcome_put(json, status, sentence);
  json_close(json, '}');
}

static void put_response(struct answering *answering, const struct fhir_part *part,
                         const struct fhir_seen *seen) {
  struct json *json = &answering->json;
  struct fhir *fhir = answering->bundle->ask->fhir;
  struct buf location = {0};
  char etag[FHIR_VERSION + 8];
  json_key(json, "response");
  json_open(json, '{');
  put_status(json, part->status ? part->status : 200);
  if (seen) {
    buf_printf(&location, "%s/%s/%s", buf_text(&fhir->base), part->type->name, seen->id);
    snprintf(etag, sizeof etag, "W/\"%s\"", seen->version);
    json_key(json, "location");
    json_text(json, location.data);
    json_key(json, "etag");
    json_text(json, etag);
    if (seen->changed) {
      json_key(json, "lastModified");
      json_time(json, seen->changed, care_site_zone(fhir->care));
    }
  }
  json_close(json, '}');
  buf_deinit(&location);
}

static void put_found(struct answering *answering, const struct fhir_part *part) {
  struct fhir_ask *ask = answering->bundle->ask;
  struct json *json = &answering->json;
  struct buf text = {0};
  struct fhir_seen seen;
  if (!fhir_resource_find(ask->fhir, part->type, part->id, ask->caller,
                          &(struct json){.out = &text}, &seen)) {
    put_outcome(json, 404, "there is no such resource among those that this token sees");
  } else {
    json_key(json, "resource");
    buf_puts(json->out, text.data);
    json->comma = true;
    put_response(answering, part, &seen);
    fhir_people_add(answering->people, part->type, seen.patient);
  }
  buf_deinit(&text);
}

static void put_searched(struct answering *answering, const struct fhir_part *part) {
  struct fhir_ask *ask = answering->bundle->ask;
  struct json *json = &answering->json;
  struct status why = {0};
  struct buf text = {0};
  if (fhir_search_put(ask->fhir, ask->caller, part->type, &part->query, fhir_lenient(ask),
                      &(struct json){.out = &text}, answering->people, &why)) {
    put_outcome(json, 400, why.text);
  } else {
    json_key(json, "resource");
    buf_puts(json->out, text.data);
    json->comma = true;
    put_response(answering, part, NULL);
  }
  buf_deinit(&text);
}

static void put_made(struct answering *answering, const struct fhir_part *part) {
  static const struct caller everybody = {.scopes = SCOPE_READ | SCOPE_CONTACTS};
  struct fhir_seen seen;
  bool found = fhir_resource_find(answering->bundle->ask->fhir, part->type, part->id,
                                  &everybody, NULL, &seen);
  put_response(answering, part, found ? &seen : NULL);
}

static void put_part(struct answering *answering, const struct fhir_part *part) {
  json_open(&answering->json, '{');
  if (part->status >= 300)
    put_outcome(&answering->json, part->status, buf_text(&part->detail));
  else if (part->act == FHIR_PART_READ)
    put_found(answering, part);
  else if (part->act == FHIR_PART_SEARCH)
    put_searched(answering, part);
  else
    put_made(answering, part);
  json_close(&answering->json, '}');
}

static void put_bundle(struct answering *answering) {
  struct fhir_bundle *bundle = answering->bundle;
  struct json *json = &answering->json;
  json_open(json, '{');
  json_key(json, "resourceType");
  json_text(json, "Bundle");
  json_key(json, "type");
  json_text(json, bundle->transaction ? "transaction-response" : "batch-response");
  if (bundle->count) {
    json_key(json, "entry");
    json_open(json, '[');
    for (uint32_t i = 0; i < bundle->count; i++) put_part(answering, &bundle->parts[i]);
    json_close(json, ']');
  }
  json_close(json, '}');
}

// Of a transaction one thing was wrong, and nothing was done.
static void answer_refused(struct fhir_bundle *bundle, const struct fhir_part *part) {
  const char *detail = part->detail.len ? part->detail.data
                                        : "it could not be written; send it again later";
  bool placed = !strncmp(detail, "Bundle.entry", 12);
  char place[32] = "";
  if (!placed) snprintf(place, sizeof place, "Bundle.entry[%u]: ", part->place);
  fhir_problem(bundle->ask, part->status, "%s%s", place, detail);
  fhir_bundle_free(bundle);
}

void fhir_bundle_answer(struct fhir_bundle *bundle) {
  const struct fhir_part *refused =
      bundle->transaction ? fhir_bundle_refused(bundle) : NULL;
  if (refused) {
    answer_refused(bundle, refused);
    return;
  }
  struct buf out = {0}, people = {0};
  struct answering answering = {bundle, {.out = &out}, &people};
  struct fhir_ask *ask = bundle->ask;
  put_bundle(&answering);
  bundle->ask = NULL;
  fhir_people_send(ask, &(struct fhir_answer){.status = 200}, &out, &people);
  fhir_bundle_free(bundle);
  buf_deinit(&people);
  buf_deinit(&out);
}
