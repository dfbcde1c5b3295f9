// The reminder of a question that nobody answered: a message of its own, through the same
// gates.
#pragma once

#include "care/message_row.h"

// Asks for the reminder, so long after the first acceptance as the message says.
void message_remind_at(struct care *care, const struct message *message);
void message_remind_apply(void *self, struct work *work);  // WORK_REMIND
