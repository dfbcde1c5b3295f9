#include "fhir/people.h"

#include <string.h>

#include "api/pending.h"
#include "base/mem.h"
#include "care/mapping.h"

struct shown {  // waits for its entry in the audit
  struct fhir_ask *ask;
  struct fhir_answer answer;
  struct buf etag, changed;
};

void fhir_people_add(struct buf *people, const struct fhir_type *type, int64_t patient) {
  if (!(type->may & FHIR_PEOPLE)) return;
  buf_printf(people, "%spatient:%lld", people->len ? " " : "", (long long)patient);
}

static void shown_free(void *self) {
  struct shown *shown = self;
  fhir_ask_free(shown->ask);
  buf_deinit(&shown->etag);
  buf_deinit(&shown->changed);
  mem_free(shown);
}

static void on_kept(struct pending *pending, const struct value *result) {
  struct shown *shown = pending->held;
  struct value status = value_field(result, "status");
  int code = (int)value_int_or(&status, 500);
  if (code >= 300)
    fhir_problem(shown->ask, code,
                 "it could not be kept who looked, so nothing is shown; try again later");
  else
    fhir_send(shown->ask, &shown->answer, &pending->text);
  shown_free(shown);
}

static const char *keep(struct buf *out, const char *text) {
  if (text) buf_puts(out, text);
  return text ? buf_text(out) : NULL;
}

static void put_objects(struct mapping *map, const struct buf *people) {
  const char *text = buf_text(people);
  mapping_key(map, "objects");
  size_t begun = value_begin_list(map->out);
  uint32_t count = 0;
  for (size_t len; *text; text += len + (text[len] == ' '), count++) {
    len = strcspn(text, " ");
    value_put_bytes(map->out, text, len);
  }
  value_end(map->out, begun, count);
}

static void audit(struct pending *pending, struct fhir_ask *ask,
                  const struct buf *people) {
  struct buf body = {0}, source = {0};
  struct mapping map = mapping_begin(&body);
  mapping_text(&map, "action", "patient.fhir");
  mapping_text(&map, "actor", ask->caller->staff);
  mapping_text(&map, "detail", ask->type ? ask->type->name : "Bundle");
  put_objects(&map, people);
  mapping_end(&map);
  buf_printf(&source, "fhir:%s", ask->caller->staff);
  pending_submit(pending, source.data, NULL, "audit", &body);
  buf_deinit(&source);
  buf_deinit(&body);
}

void fhir_people_send(struct fhir_ask *ask, const struct fhir_answer *answer,
                      const struct buf *body, const struct buf *people) {
  if (!people->len) {
    fhir_send(ask, answer, body);
    fhir_ask_free(ask);
    return;
  }
  struct shown *shown = mem_alloc(sizeof *shown);
  struct pending *pending = pending_new(ask->fhir->api, ask->request, on_kept);
  *shown = (struct shown){.ask = ask, .answer = *answer};
  shown->answer.etag = keep(&shown->etag, answer->etag);
  shown->answer.changed = keep(&shown->changed, answer->changed);
  pending->held = shown;
  pending->drop = shown_free;
  buf_put(&pending->text, body->data, body->len);
  audit(pending, ask, people);
}
