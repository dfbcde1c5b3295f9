// Forms as Questionnaires, and what they are called there.
#pragma once

#include "fhir/type.h"

// "ward.wound-check": the id of a department's form. Bytes that ids can't have become a
// point and two digits.
void fhir_form_id(const char *department, const char *form, struct buf *out);
// Its address, with the version of its content.
void fhir_form_address(struct fhir *fhir, const char *department, const char *form,
                       struct buf *out);
