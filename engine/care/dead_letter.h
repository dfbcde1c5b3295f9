// What connectors could not make an event of, kept for a person.
#pragma once

#include "care/care.h"

// Inbox "dead-letter.put" { body, connector, reason, source_id? }: the same id again,
// while it is open, takes the older one's place. "dead-letter.end" { dead_letter, state,
// by, note? }: replayed, or dropped with a note; into the audit.
void dead_letter_handlers(struct care *care);
int64_t dead_letter_open(struct care *care);  // how many wait
