// Text for a terminal: how wide it is, and made harmless.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

// Columns that the text takes: 2 for East-Asian wide characters, 0 for combining marks.
size_t cli_width(const char *text, size_t len);
// Appends the text with control characters (a patient's answer could move the cursor),
// line breaks among them, as spaces, marks that turn the reading direction left out, and
// U+FFFD for what is not UTF-8.
void cli_put_clean(struct buf *out, const char *text, size_t len);
// The bytes of the longest front that fits into so many columns.
size_t cli_fit(const char *text, size_t len, size_t width);
