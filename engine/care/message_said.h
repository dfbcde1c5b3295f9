// What a message says, for a page that only its addressee opens.
#pragma once

#include "care/care.h"

// The words alone, whether it left or had no way to. False when nothing is left of its
// template.
bool message_said(struct care *care, int64_t message, struct buf *out);
