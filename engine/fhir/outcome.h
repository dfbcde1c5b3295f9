// OperationOutcome: what is wrong, in the words of FHIR.
#pragma once

#include "api/json.h"

// One issue. Fields of events that the sentence names are put as the elements that they
// came from.
void fhir_outcome_put(struct json *json, int status, const char *sentence);
// The same as a body; gives its type.
const char *fhir_outcome_body(int status, const char *sentence, struct buf *out);
extern const char fhir_content_type[];
