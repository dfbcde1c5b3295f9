// The judging of a sample: by somebody else, with the rubric, kept beside the call that
// it is about.
#pragma once

#include "care/care.h"

// Fails when the task judges what this person did.
int quality_refuse_own(struct care *care, int64_t task, const char *staff,
                       struct status *status);
// What the rubric gave, of how much; its yes-or-no item `fake` is the verdict. Of another
// task nothing happens.
void quality_keep(struct care *care, int64_t task, const char *department,
                  const char *form, const struct value *values, const char *staff);
