// What a department's templates and forms and the hospital's channels ask of each other:
// a gateway may take only texts that its provider approved.
#pragma once

#include "care/care.h"

// Calls fn with a sentence for each thing that does not fit, and the template or form
// it is about. definitions: the department's, encoded, that are to be used.
typedef void template_found(void *self, const struct value *template_, const char *said);
void template_check(struct care *care, const char *department,
                    const struct value *definitions, template_found *fn, void *self);
