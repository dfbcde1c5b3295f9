// "You said, we did": what the public may read of a case, in words that a person wrote
// for it. Nothing of the case itself is ever shown.
#pragma once

#include "care/care.h"

// Inbox "case.publish" { case, said, did, place, staff }, which replaces what was there,
// and "case.unpublish" { case, staff }. Words that name somebody of the case, or hold a
// number that could be a person's, are refused.
void case_public_handlers(struct care *care);
