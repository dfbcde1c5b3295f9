// A message becomes an attempt: frozen, written down, and handed to its channel after the
// commit.
#pragma once

#include "care/message_gate.h"

void message_claim(struct care *care, struct message *message, const struct gate *gate);
// The rows alone: in flight with its text, under that key.
void message_take(struct care *care, struct message *message, const struct gate *gate,
                  const char *key);
