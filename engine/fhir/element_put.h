// Elements as they are written.
#pragma once

#include "fhir/type.h"

// Opens the brackets after key (NULL: in a list), as "[{"; and closes them, as "}]".
void fhir_put_open(struct fhir_show *show, const char *key, const char *brackets);
void fhir_put_close(struct fhir_show *show, const char *brackets);

// Each leaves out what is NULL or 0.
void fhir_put_text(struct fhir_show *show, const char *key, const char *text);
void fhir_put_time(struct fhir_show *show, const char *key, int64_t ms);
void fhir_put_reference(struct fhir_show *show, const char *key, const char *type,
                        char kind, int64_t row);
// {"system", "code", "display"}: system and display may be NULL.
void fhir_put_coding(struct fhir_show *show, const char *system, const char *code,
                     const char *display);
// A CodeableConcept of one coding, or of a text alone.
void fhir_put_concept(struct fhir_show *show, const char *key, const char *system,
                      const char *code, const char *text);
// [{"use": "usual", "type", "system", "value"}]: a number of the hospital's, masked when
// who asks may not know it.
void fhir_put_identifier(struct fhir_show *show, const char *which, const char *type,
                         const char *value);
// A name or number of a person, masked likewise.
void fhir_put_name(struct fhir_show *show, const char *name);
void fhir_put_telecom(struct fhir_show *show, int64_t person);
