// Quality samples asked for by a person (WARD 27): the same draw as a job's j:sample.
#pragma once

#include "care/care.h"

// Inbox "quality.draw" { department, month "2026-10", role, form, reply_form, staff }:
// the forms are rubrics of that department. Told {sampled, suspected}.
void quality_handlers(struct care *care);
