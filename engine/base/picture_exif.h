// The two things of a photo's EXIF block that matter here: which way is up, and where it
// was taken.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

// 1 to 8 of a TIFF block ("II*\0…"), 0 when it says nothing.
int exif_orientation(const unsigned char *tiff, size_t len);
// Appends a JPEG segment that says this and nothing else.
void exif_put_orientation(int orientation, struct buf *out);
// Overwrites the place with zeros where it stands.
void exif_blot_place(unsigned char *tiff, size_t len);
