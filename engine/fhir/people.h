// Answers that show who people are: who looked is kept before they see it (WARD 11).
#pragma once

#include "fhir/ask.h"

// Those who were shown, when the type says who people are.
void fhir_people_add(struct buf *people, const struct fhir_type *type, int64_t patient);
// Sends, once it is kept that they were shown; takes the ask.
void fhir_people_send(struct fhir_ask *ask, const struct fhir_answer *answer,
                      const struct buf *body, const struct buf *people);
