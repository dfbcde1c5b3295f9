// 医疗纠纷: a case that has become a dispute (WARD 5).
#pragma once

#include "care/case.h"

// Whether the case's urgency is "dispute".
bool case_is_dispute(struct care *care, int64_t enrollment);
// Nothing goes by itself any more to the sender and to whom it is about, whatever sends
// it (messages end as "suppressed disputed"), until the last of their disputes is none
// any more. who says so: "phrases" or a person.
void case_dispute(struct care *care, int64_t enrollment, bool is, const char *who);
