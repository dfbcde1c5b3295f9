// What is due together for one person leaves as one text: the message whose turn it is
// carries the others (message_carried.h).
#pragma once

#include "care/message_gate.h"

// Claims a message that may go, and with it what else is due for the same person by the
// same channel in the same program, as far as each passes the gate by itself.
void message_go(struct care *care, struct message *message, const struct gate *gate);
