// Subscribers that are told by a call (rest-hook): after the commit, in order, again
// until they take it. What may be of interest is noted by triggers that exist only while
// somebody has subscribed to the type, in the commit of the change itself.
#pragma once

#include "fhir/type.h"
#include "io/http_thread.h"

struct fhir_hooks;

// client is borrowed until fhir_hooks_stop.
struct fhir_hooks *fhir_hooks_new(struct fhir *fhir, struct loop *loop,
                                  struct http_thread *client);
void fhir_hooks_stop(struct fhir_hooks *hooks);  // no more calls; before the client goes
void fhir_hooks_free(struct fhir_hooks *hooks);  // after it has gone
// Somebody has subscribed or left: watches what is asked for now. May be within a
// transaction.
void fhir_hooks_watch(struct fhir_hooks *hooks);
// A sentence for each that does not take what it is told, or was given up.
void fhir_hooks_warn(struct fhir *fhir, struct buf *out);
// Whether changes of this type can be subscribed to.
bool fhir_hooks_know(const struct fhir_type *type);
