// Fields of an inbox row's body as the staff's requests have them.
#pragma once

#include "care/care.h"

enum { STAFF_SIZE = 128 };

// The text of a field; NULL when absent. ERR_INVALID for other kinds and more than most
// bytes. The caller frees.
int field_text(const struct value *body, const char *name, size_t most, char **out,
               struct status *status);
// Who does it: "staff", required.
int field_staff(const struct value *body, char out[STAFF_SIZE], struct status *status);
// A row's number, required.
int field_id(const struct value *body, const char *name, int64_t *out,
             struct status *status);
// Ms, or a text: ISO 8601 in the zone, or a span from now.
int field_moment(struct care *care, const struct value *body, const char *name,
                 const struct zone *zone, int64_t *out, struct status *status);
