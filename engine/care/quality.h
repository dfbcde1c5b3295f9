// Samples of what staff did by telephone and wrote in answers (WARD 27): one in twenty of
// each person's of a month, and what looks as if it never was, each a task of somebody
// else.
#pragma once

#include "care/care.h"

// Inbox "quality.draw" { department, month "2026-10", role, form, staff }: form is the
// rubric, of that department; NULL: none. Drawn again, only what is new is added. Told
// {sampled, suspected}.
void quality_handlers(struct care *care);
