// The records of a medical dispute are locked (封存, WARD 5): what stands stays as it is,
// and what comes is added to it, until two persons have said that it is over.
#pragma once

#include "care/case.h"

// ERR_CONFLICT, with the way out, while the case is a dispute.
int case_lock_check(struct care *care, int64_t enrollment, struct status *status);
// The same of anything of a patient with such a case.
int case_lock_patient(struct care *care, int64_t patient, struct status *status);
// Whether staff is the second, after somebody else, to say that since it became a
// dispute; the first is written down.
bool case_lock_lift(struct care *care, int64_t enrollment, const char *staff,
                    const char *value);
