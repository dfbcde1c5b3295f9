// What comes under /fhir goes through the inbox as one message: applied in one commit.
#pragma once

#include "fhir/fhir.h"

void fhir_handlers(struct fhir *fhir);  // inbox kind "fhir"
