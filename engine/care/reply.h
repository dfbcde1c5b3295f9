// What a person wrote back becomes: the answer to what that person was asked last;
// silence from us; a number that is wrong; or something that a person must read. Scripts
// hear of all but the first as the event "reply".
#pragma once

#include "care/care.h"

void reply_handlers(struct care *care);  // WORK_REPLY
// inbound.id was kept; of whom it is is found out, and it is dealt with at once.
void reply_due(struct care *care, int64_t inbound);
