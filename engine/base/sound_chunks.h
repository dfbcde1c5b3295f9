// WAV: named chunks behind a head. Beside those that sound stand others with notes:
// title, who recorded it, when and where.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

// Appends a WAV of its chunks that sound, and nothing else; false, with nothing appended,
// when it lacks what one needs.
bool sound_chunks_keep(const unsigned char *at, size_t len, struct buf *out);
