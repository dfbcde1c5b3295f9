// Answers that show who people are: who looked is kept before they see it (WARD 11).
#pragma once

#include "fhir/ask.h"

// Those who were shown, apart by spaces.
void fhir_people_add(struct buf *people, int64_t patient);
// Sends, once that is kept when the type asks for it; takes the ask.
void fhir_people_send(struct fhir_ask *ask, const struct fhir_answer *answer,
                      const struct buf *body, const struct buf *people);
