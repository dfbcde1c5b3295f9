// The words that a person who answers finds to begin with: a template's, with the
// patient's and the case's own in their places.
#pragma once

#include "care/care.h"

// fields: encoded map for the template's placeholders, or empty.
void task_draft_set(struct care *care, int64_t task, const char *template_name,
                    const struct value *fields);
// Appends them; false when the task has none, or its template is gone.
bool task_draft_text(struct care *care, int64_t task, struct buf *out);
