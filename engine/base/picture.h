// Photos as phones make them: told apart by their bytes, and freed of what they say about
// where and by what they were taken.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum picture_kind { PICTURE_NONE, PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP, PICTURE_HEIC };

enum picture_kind picture_kind(const void *bytes, size_t len);
// Appends the picture without EXIF, XMP, comments and whatever lies behind its end; the
// way up is kept. From HEIC only the place is blotted out: the rest is woven into the
// file. False, with nothing appended, when the bytes are not the picture they begin as.
bool picture_clean(enum picture_kind kind, const void *bytes, size_t len,
                   struct buf *out);
