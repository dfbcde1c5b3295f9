// Elements of a resource that came, and how those that several types have are read.
#pragma once

#include "base/value.h"

// "period.start", "name.0.family"; nil when it isn't there.
struct value fhir_at(const struct value *resource, const char *path);
// A text value that may be put where a view is wanted; nil when the buffer is empty.
struct value fhir_view(const struct buf *text);
// The first code of a list of codings' system, or of any system when NULL. concept may be
// a CodeableConcept, a list of them, or nil.
struct value fhir_code(const struct value *concept, const char *system);
// What people call it: text, else the first display.
struct value fhir_words(const struct value *concept);
// A HumanName as it is written: the official or usual one of a list.
void fhir_name_read(const struct value *names, struct buf *out);
// Numbers of its ContactPoints, by rank, and the first e-mail, into a patient's or a
// contact's map, as events have it.
struct merge;
void fhir_merge_telecom(struct merge *fields, const struct value *resource);
// The address as one line.
void fhir_address_read(const struct value *addresses, struct buf *out);
// The value of the identifier of this system; when NULL, of the one of this type (table
// 0203), else the first one. Nil when there is none.
struct value fhir_identifier(const struct value *identifiers, const char *system,
                             const char *type);
