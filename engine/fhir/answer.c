// How requests under /fhir are answered.
#include <stdarg.h>
#include <stdio.h>

#include "fhir/ask.h"
#include "fhir/outcome.h"
#include "io/http_answer.h"

static void respond(struct fhir_ask *ask, const struct fhir_answer *answer,
                    const struct buf *body) {
  struct http_header headers[7] = {{"Cache-Control", "no-store"}};
  size_t count = 1;
  struct http_request *request = ask->request;
  if (body->len)
    headers[count++] = (struct http_header){"Content-Type", fhir_content_type};
  if (answer->etag) headers[count++] = (struct http_header){"ETag", answer->etag};
  if (answer->location)
    headers[count++] = (struct http_header){"Location", answer->location};
  if (answer->changed)
    headers[count++] = (struct http_header){"Last-Modified", answer->changed};
  if (ask->refusal.header.name) headers[count++] = ask->refusal.header;
  ask->request = NULL;
  http_respond(request, answer->status, headers, count, buf_text(body), body->len);
}

struct fhir_answer fhir_headers_put(struct fhir_headers *headers, int status,
                                    const char *version, int64_t changed) {
  snprintf(headers->etag, sizeof headers->etag, "W/\"%s\"", version);
  http_date_of(changed / 1000, headers->changed, sizeof headers->changed);
  return (struct fhir_answer){.status = status,
                              .etag = headers->etag,
                              .changed = changed ? headers->changed : NULL};
}

// A half of what is known would pass for the whole.
static bool unread(struct fhir_ask *ask) {
  if (!api_read_failed(ask->fhir->api)) return false;
  fhir_problem(ask, 500, "the database could not be read; the log says why");
  return true;
}

void fhir_send(struct fhir_ask *ask, const struct fhir_answer *answer,
               const struct buf *body) {
  if (!unread(ask)) respond(ask, answer, body);
}

void fhir_problem(struct fhir_ask *ask, int status, const char *format, ...) {
  char text[700];
  struct buf out = {0};
  struct json json = {.out = &out};
  va_list args;
  if (status < 500 && unread(ask)) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  fhir_outcome_put(&json, status, text);
  respond(ask, &(struct fhir_answer){.status = status}, &out);
  buf_deinit(&out);
}
