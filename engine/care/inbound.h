// What people write to us: kept once, with whose number or account it came from.
#pragma once

#include "care/care.h"

void inbound_handlers(struct care *care);  // inbox "inbound", "ring-back"
// Whose this number or account is: identity.id. One that is nobody's yet is one all the
// same: it may be asked whose it is.
int64_t inbound_identity(struct care *care, const char *kind, const char *value);
// list: encoded maps {from, id} with at, kind ("text" when not said; "missed-call") and
// text. done (may
// be NULL) is told once they are committed.
void inbound_take(struct care *care, const char *channel, const struct value *list,
                  inbox_done *done, void *self);
