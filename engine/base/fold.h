// Characters as they are compared: width, capitals, traditional and simplified forms are
// one.
#pragma once

#include <stdint.h>

// Ａ, a and A are a; 體 is 体; an ideographic space is a space. A character that would
// become several stays as it is.
uint32_t fold_char(uint32_t character);
