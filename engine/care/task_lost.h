// 失访 is a person's decision after enough attempts (WARD 14), and can be taken back.
#pragma once

#include "care/care.h"

// ERR_CONFLICT with a sentence of what is missing.
int lost_check(struct care *care, int64_t patient, const char *department,
               struct status *status);
void lost_set(struct care *care, int64_t patient, const char *staff);
void lost_take_back(struct care *care, int64_t patient, const char *staff,
                    const char *note);
