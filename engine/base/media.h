// What people may attach: a photo or a voice, by its bytes and never by its name.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct media {
  const char *word;        // "jpeg", as rows have it
  const char *media_type;  // "image/jpeg"
  const char *suffix;      // "jpg"
  bool voice;
};

const struct media *media_of(const void *bytes, size_t len);  // NULL: neither
const struct media *media_of_word(const char *word);          // NULL: there is none such
// Appends it without what it says of place and device (picture_clean, sound_clean).
bool media_clean(const struct media *media, const void *bytes, size_t len,
                 struct buf *out);
// A file's own name as staff may see it: without folders, control characters, what turns
// writing round, and all endings but the one that its bytes deserve:
// "../报告.pdf.exe" of a JPEG is "报告.jpg". Empty when nothing is left of it.
void media_name(const struct media *media, const char *given, struct buf *out);
