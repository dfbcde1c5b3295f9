// Fields of a step that are right alone and impossible together.
#pragma once

#include "care/schedule.h"

// What is wrong and the remedy, as the rest of a sentence that begins with the key; NULL
// when nothing is.
const char *schedule_step_wrong(const struct schedule_step *step, const char **key);
