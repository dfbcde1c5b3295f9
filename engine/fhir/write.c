// POST /fhir/TYPE and PUT /fhir/TYPE/ID: answered after the commit.
#include <stdlib.h>
#include <string.h>

#include "api/pending.h"
#include "base/digest.h"
#include "base/mem.h"
#include "care/mapping.h"
#include "fhir/ask.h"
#include "fhir/resource.h"

static void put_header(struct fhir_ask *ask, struct mapping *map, const char *key,
                       const char *name) {
  const char *text = fhir_ask_header(ask, name);
  struct http_form form;
  struct status status;
  struct buf query = {0};
  if (!text) return;
  buf_printf(&query, "q=%s", text);  // "identifier=urn%3Ax%7C1" may come either way
  if (!strcmp(key, "if_none_exist") && !strchr(text, '&') &&
      !http_form_parse(&form, query.data, query.len, &status)) {
    mapping_text(map, key, http_form_get(&form, "q"));
    http_form_deinit(&form);
  } else {
    mapping_text(map, key, text);
  }
  buf_deinit(&query);
}

void fhir_where_put(const struct http_form *query, struct mapping *map) {
  struct buf text = {0};
  if (query->count == 1)
    buf_printf(&text, "%s=%s", query->fields[0].name, query->fields[0].value);
  mapping_text(map, "where", buf_text(&text));
  buf_deinit(&text);
}

static void put_entry(struct fhir_ask *ask, struct buf *out) {
  struct mapping map = mapping_begin(out);
  if (ask->segment_count == 2) mapping_text(&map, "id", ask->segments[1]);
  put_header(ask, &map, "if_match", "If-Match");
  put_header(ask, &map, "if_none_exist", "If-None-Exist");
  if (ask->hooked) {
    mapping_text(&map, "origin", ask->segments[1]);
    mapping_text(&map, "remote", ask->segments[3]);
  }
  mapping_value(&map, "resource", &ask->body);
  mapping_text(&map, "type", ask->type->name);
  if (ask->segment_count == 1 && !strcmp(ask->request->method, "PUT"))
    fhir_where_put(&ask->query, &map);
  mapping_end(&map);
}

static bool wants_it_all(const struct fhir_ask *ask) {
  const char *prefer = fhir_ask_header(ask, "Prefer");
  if (prefer && strstr(prefer, "return=minimal")) return false;
  return caller_may(ask->caller, SCOPE_READ);
}

// What was made, as it is known now; who may not read is told where it is.
static void answer_made(struct fhir_ask *ask, const char *id, int status) {
  static const struct caller everybody = {.scopes = SCOPE_READ | SCOPE_CONTACTS};
  bool whole = wants_it_all(ask);
  struct buf out = {0}, location = {0};
  struct json json = {.out = &out};
  struct fhir_seen seen;
  struct fhir_headers headers;
  if (!fhir_resource_find(ask->fhir, ask->type, id, whole ? ask->caller : &everybody,
                          whole ? &json : NULL, &seen) &&
      !fhir_resource_find(ask->fhir, ask->type, id, &everybody, NULL, &seen)) {
    fhir_problem(ask, 500, "it was taken, and can't be shown; the log may say why");
  } else {
    struct fhir_answer answer =
        fhir_headers_put(&headers, status, seen.version, seen.changed);
    buf_printf(&location, "%s/%s/%s", buf_text(&ask->fhir->base), ask->type->name, id);
    answer.location = location.data;
    fhir_send(ask, &answer, &out);
  }
  buf_deinit(&location);
  buf_deinit(&out);
}

static void on_told(struct pending *pending, const struct value *result) {
  struct fhir_ask *ask = pending->held;
  struct value status = value_field(result, "status"),
               detail = value_field(result, "detail"),
               entries = value_field(result, "entries"), entry = value_at(&entries, 0),
               id = value_field(&entry, "id"), made = value_field(&entry, "status");
  int code = (int)value_int_or(&status, 500);
  if (code < 300) code = (int)value_int_or(&made, 500);
  char *text = value_copy_text(code < 300 ? &id : &detail);
  if (code < 300 && text)
    answer_made(ask, text, code);
  else
    fhir_problem(ask, code, "%s",
                 text ? text : "it could not be written; send it again later");
  mem_free(text);
  fhir_ask_free(ask);
}

static void drop(void *ask) { fhir_ask_free(ask); }

void fhir_write(struct fhir_ask *ask) {
  struct buf body = {0};
  struct pending *pending = pending_new(ask->fhir->api, ask->request, on_told);
  struct mapping map = mapping_begin(&body);
  pending->held = ask;
  pending->drop = drop;
  mapping_key(&map, "entries");
  size_t list = value_begin_list(&body);
  put_entry(ask, &body);
  value_end(&body, list, 1);
  mapping_end(&map);
  pending_submit(pending, ask->caller->staff, NULL, "fhir", &body);
  buf_deinit(&body);
}
