// A text that begins with 投诉, 表扬 … is feedback, whoever writes it: it becomes a case,
// and the case's own words go back.
#pragma once

#include "care/care.h"

// A keyword alone opens one that waits for its words: it is `bare`.
// patient: whom it is about, as the writer said; 0: as the number or account says.
void reply_feedback(struct care *care, int64_t identity, int64_t patient, int64_t at,
                    const char *text);
// Whether the text is what somebody now says of the case that they opened so; then it has
// joined it.
bool reply_feedback_joins(struct care *care, int64_t identity, const char *text);
