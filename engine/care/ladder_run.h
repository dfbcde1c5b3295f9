// What the run of a ladder hears of it, while it waits for this one. For ladder*.c alone.
#pragma once

#include "care/ladder_row.h"

// Whether anybody is to be told more: the run waits, the patient lives, nothing is in
// dispute.
bool ladder_stands(struct care *care, const struct ladder *ladder);
void ladder_tell_taken(struct care *care, const struct ladder *ladder);    // an ask
void ladder_tell_arrived(struct care *care, const struct ladder *ladder);  // a send
void ladder_tell_end(struct care *care, const struct ladder *ladder, const char *why);
