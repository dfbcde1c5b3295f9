#include "base/picture_exif.h"

#include <string.h>

enum { TAG_ORIENTATION = 0x0112, TAG_PLACE = 0x8825, ENTRY = 12, TIFF_HEAD = 8 };
enum { PLACE_ENTRIES = 64, PLACE_BYTES = 1024 };  // no camera says more of a place

static size_t number(const unsigned char *at, int bytes, bool little) {
  size_t out = 0;
  for (int i = 0; i < bytes; i++) out = out << 8 | at[little ? bytes - 1 - i : i];
  return out;
}

static bool is_tiff(const unsigned char *tiff, size_t len, bool *little) {
  if (len < TIFF_HEAD) return false;
  *little = !memcmp(tiff, "II*\0", 4);
  return *little || !memcmp(tiff, "MM\0*", 4);
}

// Entries of the directory at an offset that lie within the block.
static size_t entries(const unsigned char *tiff, size_t len, bool little, size_t at) {
  if (at > len || len - at < 2) return 0;
  size_t count = number(tiff + at, 2, little), room = (len - at - 2) / ENTRY;
  return count < room ? count : room;
}

// The first directory's entry of a tag; 0 when there is none.
static size_t find(const unsigned char *tiff, size_t len, bool little, size_t tag) {
  size_t at = number(tiff + 4, 4, little), count = entries(tiff, len, little, at);
  for (size_t i = 0; i < count; i++)
    if (number(tiff + at + 2 + i * ENTRY, 2, little) == tag) return at + 2 + i * ENTRY;
  return 0;
}

int exif_orientation(const unsigned char *tiff, size_t len) {
  bool little;
  size_t at = is_tiff(tiff, len, &little) ? find(tiff, len, little, TAG_ORIENTATION) : 0;
  size_t way = at ? number(tiff + at + 8, 2, little) : 0;
  return way <= 8 ? (int)way : 0;
}

void exif_put_orientation(int orientation, struct buf *out) {
  unsigned char segment[] = {0xff, 0xe1, 0, 34,  'E', 'x', 'i', 'f', 0, 0,
                             'M',  'M',  0, '*', 0,   0,   0,   8,   0, 1,  // one entry
                             0x01, 0x12, 0, 3,   0,   0,   0,   1,          // a short
                             0,    0,    0, 0,   0,   0,   0,   0};
  segment[29] = (unsigned char)orientation;
  buf_put(out, segment, sizeof segment);
}

static size_t value_bytes(const unsigned char *entry, bool little) {
  static const unsigned char sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
  size_t type = number(entry + 2, 2, little), count = number(entry + 4, 4, little);
  return type < sizeof sizes ? sizes[type] * count : 0;
}

void exif_blot_place(unsigned char *tiff, size_t len) {
  bool little;
  size_t pointer = is_tiff(tiff, len, &little) ? find(tiff, len, little, TAG_PLACE) : 0;
  if (!pointer) return;
  size_t at = number(tiff + pointer + 8, 4, little);
  size_t count = entries(tiff, len, little, at);
  if (count > PLACE_ENTRIES) count = PLACE_ENTRIES;
  for (size_t i = 0; i < count; i++) {
    unsigned char *entry = tiff + at + 2 + i * ENTRY;
    size_t bytes = value_bytes(entry, little), from = number(entry + 8, 4, little);
    if (bytes > PLACE_BYTES) bytes = PLACE_BYTES;
    if (bytes > 4 && from < len)
      memset(tiff + from, 0, bytes < len - from ? bytes : len - from);
    memset(entry, 0, ENTRY);
  }
  memset(tiff + pointer + 8, 0, 4);
}
