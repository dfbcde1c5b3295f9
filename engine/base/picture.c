#include "base/picture.h"

#include <string.h>

#include "base/picture_exif.h"

static const unsigned char png_mark[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

static bool is_heic(const unsigned char *at, size_t len) {
  static const char brands[][5] = {"heic", "heix", "heim", "heis",
                                   "hevc", "hevx", "mif1", "msf1"};
  if (len < 12 || memcmp(at + 4, "ftyp", 4)) return false;
  for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
    if (!memcmp(at + 8, brands[i], 4)) return true;
  return false;
}

enum picture_kind picture_kind(const void *bytes, size_t len) {
  const unsigned char *at = bytes;
  if (len >= 3 && at[0] == 0xff && at[1] == 0xd8 && at[2] == 0xff) return PICTURE_JPEG;
  if (len >= 8 && !memcmp(at, png_mark, 8)) return PICTURE_PNG;
  if (len >= 12 && !memcmp(at, "RIFF", 4) && !memcmp(at + 8, "WEBP", 4))
    return PICTURE_WEBP;
  return is_heic(at, len) ? PICTURE_HEIC : PICTURE_NONE;
}

static size_t big16(const unsigned char *at) { return (size_t)at[0] << 8 | at[1]; }
static size_t big32(const unsigned char *at) { return big16(at) << 16 | big16(at + 2); }
static size_t little32(const unsigned char *at) {
  return (size_t)at[3] << 24 | (size_t)at[2] << 16 | (size_t)at[1] << 8 | at[0];
}

// JFIF, the colour profile and Adobe's colour transform are needed to show it right.
static bool jpeg_keeps(const unsigned char *at, size_t len) {
  unsigned char marker = at[1];
  if (marker == 0xe0 || marker == 0xee) return true;
  if (marker == 0xe2) return len >= 16 && !memcmp(at + 4, "ICC_PROFILE", 12);
  return marker != 0xfe && (marker < 0xe1 || marker > 0xef);
}

// Appends one segment, or what is left of it.
static void jpeg_segment(const unsigned char *at, size_t len, struct buf *out) {
  bool exif = at[1] == 0xe1 && len >= 10 && !memcmp(at + 4, "Exif\0", 6);
  int way_up = exif ? exif_orientation(at + 10, len - 10) : 0;
  if (way_up > 1) exif_put_orientation(way_up, out);
  if (jpeg_keeps(at, len)) buf_put(out, at, len);
}

// Compressed data after a scan's header, up to the next marker that is none of its own.
static size_t jpeg_scan(const unsigned char *at, size_t len) {
  size_t i = 0;
  while (i + 1 < len && (at[i] != 0xff || !at[i + 1] || at[i + 1] == 0xff ||
                         (at[i + 1] >= 0xd0 && at[i + 1] <= 0xd7)))
    i++;
  return i + 1 < len ? i : len;
}

// Others stand alone or are none: the end of the picture, or a broken one.
static bool jpeg_is_segment(unsigned char marker) {
  return marker >= 0xc0 && (marker < 0xd0 || marker > 0xd9);
}

static bool jpeg_clean(const unsigned char *at, size_t len, struct buf *out) {
  size_t i = 2;
  buf_put(out, at, 2);
  while (i + 4 <= len && at[i] == 0xff) {
    if (at[i + 1] == 0xff) {  // fill bytes
      i++;
      continue;
    }
    size_t size = big16(at + i + 2) + 2;
    if (!jpeg_is_segment(at[i + 1]) || size < 4 || size > len - i) break;
    jpeg_segment(at + i, size, out);
    bool scan = at[i + 1] == 0xda;
    i += size;
    if (!scan) continue;
    size_t data = jpeg_scan(at + i, len - i);
    buf_put(out, at + i, data);
    i += data;
    if (i == len) return true;  // cut off while it was taken: shown as far as it goes
  }
  if (i + 2 > len || at[i] != 0xff || at[i + 1] != 0xd9) return false;
  buf_put(out, at + i, 2);
  return true;
}

static bool png_keeps(const unsigned char *name) {
  static const char drop[][5] = {"eXIf", "tEXt", "zTXt", "iTXt", "tIME"};
  for (size_t i = 0; i < sizeof drop / sizeof *drop; i++)
    if (!memcmp(name, drop[i], 4)) return false;
  return true;
}

static bool png_clean(const unsigned char *at, size_t len, struct buf *out) {
  buf_put(out, at, 8);
  for (size_t i = 8; len - i >= 12;) {
    size_t size = big32(at + i) + 12;
    if (size > len - i) return false;
    if (png_keeps(at + i + 4)) buf_put(out, at + i, size);
    if (!memcmp(at + i + 4, "IEND", 4)) return true;
    i += size;
  }
  return false;
}

enum { WEBP_HEAD = 12, WEBP_EXIF = 8, WEBP_XMP = 4 };

static bool webp_clean(const unsigned char *at, size_t len, struct buf *out) {
  size_t begun = out->len, whole = little32(at + 4) + 8;
  if (whole < WEBP_HEAD || whole > len) return false;
  buf_put(out, at, WEBP_HEAD);
  for (size_t i = WEBP_HEAD; whole - i >= 8;) {
    size_t size = little32(at + i + 4) + 8;
    size += size & 1;
    if (size > whole - i) return false;
    size_t from = out->len;
    bool extended = !memcmp(at + i, "VP8X", 4) && size > 8;
    if (memcmp(at + i, "EXIF", 4) && memcmp(at + i, "XMP ", 4))
      buf_put(out, at + i, size);
    if (extended) out->data[from + 8] &= (char)~(WEBP_EXIF | WEBP_XMP);
    i += size;
  }
  size_t size = out->len - begun - 8;
  for (int i = 0; i < 4; i++) out->data[begun + 4 + (size_t)i] = (char)(size >> 8 * i);
  return size > 4;
}

enum { HEIC_BLOCKS = 8 };

static bool heic_clean(const unsigned char *at, size_t len, struct buf *out) {
  buf_put(out, at, len);
  unsigned char *copy = (unsigned char *)out->data + out->len - len;
  int blocks = 0;
  for (size_t i = 0; i + 14 <= len && blocks < HEIC_BLOCKS; i++) {
    if (memcmp(copy + i, "Exif\0", 6)) continue;
    exif_blot_place(copy + i + 6, len - i - 6);
    blocks++;
  }
  return true;
}

bool picture_clean(enum picture_kind kind, const void *bytes, size_t len,
                   struct buf *out) {
  size_t begun = out->len;
  bool whole = false;
  switch (kind) {
    case PICTURE_JPEG: whole = jpeg_clean(bytes, len, out); break;
    case PICTURE_PNG: whole = png_clean(bytes, len, out); break;
    case PICTURE_WEBP: whole = webp_clean(bytes, len, out); break;
    case PICTURE_HEIC: whole = heic_clean(bytes, len, out); break;
    case PICTURE_NONE: break;
  }
  if (!whole) out->len = begun;
  return whole;
}
