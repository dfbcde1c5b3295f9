// Phone numbers as people write them, brought to one form.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { PHONE_SIZE = 24 };

// "+86 138-0013-8000", "１３８…" become "13800138000"; other countries keep their "+".
// False when it holds anything but digits and what stands between them, or none, or too
// many.
bool phone_normalize(const char *text, size_t len, char out[PHONE_SIZE]);
// What is to be known of a normal number before it is used: "placeholder" (nobody's),
// "void" (no such number can be), "landline" (takes no texts); NULL for a mobile.
const char *phone_flag(const char *phone);
// What a flag means, "shared" too, and what to do about it; NULL for what is none.
const char *phone_flag_words(const char *flag);
