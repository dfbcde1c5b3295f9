// One request under /fhir: who asks, for what, and how it is answered.
#pragma once

#include "fhir/type.h"
#include "io/http_form.h"

enum { FHIR_SEGMENTS = 4 };

struct fhir_refusal {  // why a request is not served
  int status;          // 0: it is
  struct http_header header;
  struct buf allow, detail;
};

struct fhir_ask {
  struct http_prepared prepared;  // first: the request holds it until it is handled
  struct fhir *fhir;
  struct http_request *request;
  const struct caller *caller;
  struct http_form query;
  char path[512];                       // what the segments point into
  const char *segments[FHIR_SEGMENTS];  // after /fhir; "" past the end
  int segment_count;
  const struct fhir_type *type;  // NULL: the whole system is asked
  bool hooked;                   // another server tells: hook/SOURCE/TYPE/ITS-ID
  const struct fhir_route *route;
  struct buf body_bytes;
  struct value body;  // of a POST or PUT
  struct fhir_refusal refusal;
};

// As call_read and call_handle (api/call.h). fhir is a struct fhir.
struct http_prepared *fhir_ask_read(void *fhir, const struct http_request *request);
void fhir_ask_handle(void *fhir, struct http_request *request);
void fhir_ask_free(struct fhir_ask *ask);
const char *fhir_ask_header(const struct fhir_ask *ask, const char *name);

void fhir_refuse(struct fhir_ask *ask, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Answers; each ends the request. What could not be read is answered with 500 instead.
struct fhir_answer {
  int status;
  const char *etag, *location, *changed;  // NULL: no such header
};
struct fhir_headers {  // what an answer's ETag and Last-Modified point to
  char etag[24], changed[40];
};
struct fhir_answer fhir_headers_put(struct fhir_headers *headers, int status,
                                    const char *version, int64_t changed);
void fhir_send(struct fhir_ask *ask, const struct fhir_answer *answer,
               const struct buf *body);
void fhir_problem(struct fhir_ask *ask, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Whether who asks said that what isn't known may be passed over (Prefer:
// handling=lenient).
bool fhir_lenient(const struct fhir_ask *ask);
// A searchset into json. Other than OK: nothing is put, and why says which parameter is
// wrong.
int fhir_search_put(struct fhir *fhir, const struct caller *caller,
                    const struct fhir_type *type, const struct http_form *query,
                    bool lenient, struct json *json, struct buf *people,
                    struct status *why);

// Which one a conditional update means, into an entry for the inbox.
struct mapping;
void fhir_where_put(const struct http_form *query, struct mapping *map);

// Interactions.
void fhir_metadata(struct fhir_ask *ask);
void fhir_read(struct fhir_ask *ask);
void fhir_search(struct fhir_ask *ask);
void fhir_write(struct fhir_ask *ask);
void fhir_bundle(struct fhir_ask *ask);
