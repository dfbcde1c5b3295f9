// Birth dates as people type them.
#pragma once

#include <stdbool.h>

#include "base/buf.h"

enum { BIRTH_SIZE = 16 };

// "19510203", "1951-2-3", "1951年2月3日", "１９５１．２．３" to "1951-02-03"; false when
// it is no day.
bool birth_read(const char *text, char out[BIRTH_SIZE]);
// The digits of a text, full-width ones too.
void birth_digits(const char *text, struct buf *out);
