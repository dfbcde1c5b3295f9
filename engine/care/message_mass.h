// A text to very many people: past the limit it waits until a second person has looked at
// it, and the department is told.
#pragma once

#include "care/message_row.h"

// A first claim counts towards the limit of gate_mass.
void message_mass_count(struct care *care, const struct message *message);
// The gate held it: the department's alert says how many wait, and what to do.
void message_mass_held(struct care *care, const struct message *message);
// Lets the text pass for three days, or suppresses it for the rest of today. How many
// messages were waiting.
int64_t message_mass_release(struct care *care, const char *department, const char *name,
                             const char *by);
int64_t message_mass_withdraw(struct care *care, const char *department, const char *name,
                              const char *by);
