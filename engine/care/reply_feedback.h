// A text that begins with 投诉, 表扬 … is feedback, whoever writes it: it becomes a case,
// and the case's own words go back.
#pragma once

#include "care/care.h"

// patient: whom it is about, as the writer said; 0: as the number or account says.
void reply_feedback(struct care *care, int64_t identity, int64_t patient, int64_t at,
                    const char *text);
