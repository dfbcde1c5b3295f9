// HTML that is written: every text is escaped on its way in.
#pragma once

#include "base/value.h"

// For text and for values of quoted attributes. Bytes that are not UTF-8, and control
// bytes but line ends, become U+FFFD.
void html_text(struct buf *out, const char *text);
void html_text_len(struct buf *out, const char *text, size_t len);
void html_value(struct buf *out, const struct value *value);     // a text, number or flag
void html_lines(struct buf *out, const char *text, size_t len);  // with <br> at line ends
// A program's logo as a picture in the page itself, where scripts in it don't run;
// nothing when it has none.
void html_logo(struct buf *out, const struct value *program);
// Black or white, whichever reads better on "#rrggbb"; at least 4.5 to 1.
const char *html_ink(const char *color);
// "#rrggbb" of a text view, or the usual colour.
void html_color(const struct value *color, char out[8]);
