// Feedback without a name: whoever sends it names nobody, even where a form had places
// for it; nothing of that is written down anywhere.
#pragma once

#include "base/buf.h"

// clean: an encoded event from `begun` on, which stays as it is unless its item is
// anonymous; then it loses its sender, patient and visit.
void event_anonymous(struct buf *clean, size_t begun);
