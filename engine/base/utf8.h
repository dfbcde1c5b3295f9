// UTF-8, checked strictly: no overlong forms, no surrogates, nothing past U+10FFFF.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Bytes of the well-formed character at the front; 0 when there is none.
size_t utf8_char(const char *bytes, size_t len);
// The code of a well-formed character of so many bytes.
uint32_t utf8_code(const char *bytes, size_t took);
bool utf8_valid(const char *bytes, size_t len);
size_t utf8_count(const char *bytes, size_t len);  // characters of well-formed text
