// Messages that left in the text of another, their carrier: they keep their rows and get
// what becomes of it.
#pragma once

#include "care/message_row.h"

// In the order of their ids.
void message_carried_each(struct care *care, int64_t carrier,
                          void (*fn)(void *self, struct care *care,
                                     struct message *message),
                          void *self);
// Whose text a message left in; 0: its own.
int64_t message_carrier(struct care *care, int64_t message);
// Accepted, delivered, in doubt and failed together; when the carrier ended otherwise,
// the others go on alone. For message_row.c, at every change of a carrier's state.
void message_follow(struct care *care, struct message *carrier);
// Their last tries stand like its own.
void message_follow_try(struct care *care, const struct message *carrier,
                        const char *status, const char *detail);
// Each goes on alone, or in a text that is written anew.
void message_dissolve(struct care *care, struct message *carrier);
// One goes on alone.
void message_part(struct care *care, struct message *message);
// May the carrier's text have left with its present key?
bool message_is_doubtful(struct care *care, const struct message *carrier);
