// A message becomes an attempt: frozen, written down, and handed to its channel after the
// commit.
#pragma once

#include "care/message_gate.h"

// Before its words are chosen: what they may hold is up to the channel of the gate.
void message_by(struct care *care, struct message *message, const struct gate *gate);
void message_claim(struct care *care, struct message *message, const struct gate *gate);
// The rows alone: in flight with its text, under that key.
void message_take(struct care *care, struct message *message, const struct gate *gate,
                  const char *key);
// After a start, for an attempt that was in flight: its channel is told to ask what
// became of it, and the result comes as of a sending. A kernel_after callback; self is
// the care.
void message_ask(struct care *care, int64_t attempt);
