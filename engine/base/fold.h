// Characters as they are compared: width, capitals, traditional and simplified forms are
// one.
#pragma once

#include <stdint.h>

#include "base/buf.h"

// Ａ, a and A are a; 體 is 体; an ideographic space is a space. A character that would
// become several stays as it is.
uint32_t fold_char(uint32_t character);
// Appends UTF-8 text so, without what is no letter, digit, sign of a number or unit:
// spaces, stops, quotes. Bytes that are not UTF-8 are left out.
void fold_plain(const char *text, size_t len, struct buf *out);
