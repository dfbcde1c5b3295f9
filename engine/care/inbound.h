// What people write to us: kept once, with whose number or account it came from.
#pragma once

#include "care/care.h"

void inbound_handlers(struct care *care);  // inbox "inbound"
// list: encoded maps {from, id} with at, kind ("text" when not said) and text. done (may
// be NULL) is told once they are committed.
void inbound_take(struct care *care, const char *channel, const struct value *list,
                  inbox_done *done, void *self);
