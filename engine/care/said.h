// What a provider says, as an inbox row of its own: that it says a thing twice shows only
// when it is applied, as a gateway may use its numbers again.
#pragma once

#include "care/care.h"

// A row of this kind with {channel, <name> = list}; done (may be NULL) is told once it is
// committed.
void said_take(struct care *care, const char *kind, const char *name, const char *channel,
               const struct value *list, inbox_done *done, void *self);
