// Search parameters of type token.
#pragma once

#include "fhir/fhir.h"

// An identifier, "number" or "system|number": its number. False when its system is not
// that of these numbers, so that nobody has it.
bool fhir_token_read(const struct fhir *fhir, const char *which, const char *text,
                     struct buf *number);
// Words apart by commas, each one of words (apart by spaces), as a JSON list.
bool fhir_words_read(const char *words, const char *text, struct buf *out);
// The system of patients' or stays' numbers; NULL: none is set.
const char *fhir_system(const struct fhir *fhir, const char *which);
