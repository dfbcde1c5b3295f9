// Other FHIR servers that tell us: settings.fhir.from names them, a Subscription is made
// at each, and made again when it is no more. What they tell comes to hook/NAME/TYPE/ID.
#pragma once

#include "fhir/fhir.h"
#include "io/http_thread.h"

struct fhir_sources;

// from: { name = { url, token, hook_token, criteria = { … } } }; status says what is
// wrong with it. NULL when there are none. client is borrowed until fhir_sources_stop.
struct fhir_sources *fhir_sources_new(struct fhir *fhir, const struct value *from,
                                      struct loop *loop, struct http_thread *client,
                                      struct status *status);
void fhir_sources_stop(struct fhir_sources *sources);
void fhir_sources_free(struct fhir_sources *sources);  // after the client has gone
