// What an event means for scripts: who is enrolled, which watches start, which waits end,
// which question a measurement answers.
#pragma once

#include "care/care.h"

void happening_handlers(struct care *care);  // WORK_EVENT
