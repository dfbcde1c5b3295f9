// What people decide about one message: what becomes of it when nobody knows whether it
// left, or that it shall not leave.
#pragma once

#include "care/message_row.h"

// inbox "message.resolve" {message, decision, by}, decision "resend" (it goes again,
// under a new key) or "sent" (it counts as accepted now), for all that left in its text;
// and "message.cancel" {message, reason, by, note}, reason a word of
// message_cancel_reasons.
void message_decide_handlers(struct care *care);

// Why people cancel, apart by spaces: told (otherwise, by telephone), declined (the
// patient asked for it), unneeded, wrong.
extern const char message_cancel_reasons[];
// Whether it is one of them; NULL isn't.
int message_cancel_check(const char *reason, struct status *status);
