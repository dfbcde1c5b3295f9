// A call until its end is told: the channel's first answer, and the deadline.
#pragma once

#include "care/care.h"

void dial_wait_handlers(struct care *care);  // WORK_DIAL
