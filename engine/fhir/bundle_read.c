// The entries of a Bundle: what each asks for, and whether it may.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/bundle.h"

static void refuse(struct fhir_part *part, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void refuse(struct fhir_part *part, int status, const char *format, ...) {
  va_list args;
  part->status = status;
  va_start(args, format);
  buf_vprintf(&part->detail, format, args);
  va_end(args);
}

// "Patient/ID", "Patient?identifier=…", or with the server's address before it.
static const char *without_base(const struct fhir_part *part, const char *url) {
  const struct buf *base = &part->bundle->ask->fhir->base;
  if (!strncmp(url, buf_text(base), base->len)) url += base->len;
  return *url == '/' ? url + 1 : url;
}

static void read_query(struct fhir_part *part, const char *query) {
  struct status status = {0};
  if (http_form_parse(&part->query, query, strlen(query), &status))
    refuse(part, 400, "request.url: %s", status.text);
}

static void read_url(struct fhir_part *part, char *url) {
  char *query = strchr(url, '?'), *slash;
  if (query) *query++ = '\0';
  slash = strchr(url, '/');
  if (slash) *slash++ = '\0';
  part->type = fhir_type_find(url, strlen(url));
  part->named = slash && *slash;
  if (part->named) snprintf(part->id, sizeof part->id, "%s", slash);
  if (!part->type || strchr(part->id, '/'))
    refuse(part, 404, "request.url: there is nothing at this address");
  else if (query)
    read_query(part, query);
}

static void read_method(struct fhir_part *part) {
  struct value method = value_field(&part->request, "method");
  unsigned may = part->type->may;
  part->conditional = value_is(&method, "PUT") && !part->named;
  if (value_is(&method, "GET") || value_is(&method, "HEAD"))
    part->act = part->named ? FHIR_PART_READ : FHIR_PART_SEARCH;
  else if (value_is(&method, "POST") && !part->named && may & FHIR_CREATE)
    part->act = FHIR_PART_WRITE;
  else if (value_is(&method, "PUT") && may & FHIR_UPDATE &&
           (part->named || may & FHIR_NUMBERED))
    part->act = FHIR_PART_WRITE;
  else
    refuse(part, 405, "request.method: is not supported for %s here", part->type->name);
}

static void admit(struct fhir_part *part) {
  const struct caller *caller = part->bundle->ask->caller;
  struct value resource = value_field(&part->entry, "resource");
  bool writes = part->act == FHIR_PART_WRITE;
  if (!caller_may(caller, writes ? SCOPE_EVENTS : SCOPE_READ))
    refuse(part, 403, "this token has not the scope that this needs: %s",
           writes ? "events" : "read");
  else if (writes && resource.kind != VALUE_MAP)
    refuse(part, 400, "resource: is missing");
}

static void read_part(struct fhir_part *part) {
  struct value url = value_field(&part->request, "url");
  char *text = value_copy_text(&url), *path;
  if (!text) {
    refuse(part, 400, "request.url: is missing");
    return;
  }
  path = mem_copy_text(without_base(part, text));
  read_url(part, path);
  if (!part->status) read_method(part);
  if (!part->status) admit(part);
  mem_free(path);
  mem_free(text);
}

struct fhir_bundle *fhir_bundle_read(struct fhir_ask *ask, bool transaction) {
  struct value entries = value_field(&ask->body, "entry"), entry;
  struct value_iter iter = value_iterate(&entries);
  struct fhir_bundle *bundle = mem_alloc(sizeof *bundle);
  *bundle = (struct fhir_bundle){
      .ask = ask, .transaction = transaction, .count = value_count(&entries)};
  bundle->parts = mem_alloc((bundle->count + 1) * sizeof *bundle->parts);
  for (uint32_t i = 0; value_next(&iter, NULL, &entry); i++) {
    struct fhir_part *part = &bundle->parts[i];
    part->bundle = bundle;
    part->entry = entry;
    part->request = value_field(&entry, "request");
    part->place = i;
    read_part(part);
  }
  return bundle;
}

const struct fhir_part *fhir_bundle_refused(const struct fhir_bundle *bundle) {
  for (uint32_t i = 0; i < bundle->count; i++)
    if (bundle->parts[i].status >= 400) return &bundle->parts[i];
  return NULL;
}

void fhir_bundle_free(void *self) {
  struct fhir_bundle *bundle = self;
  for (uint32_t i = 0; i < bundle->count; i++) {
    http_form_deinit(&bundle->parts[i].query);
    buf_deinit(&bundle->parts[i].detail);
  }
  mem_free(bundle->parts);
  mem_free(bundle->order);
  if (bundle->ask) fhir_ask_free(bundle->ask);  // else it is answered by itself
  mem_free(bundle);
}
