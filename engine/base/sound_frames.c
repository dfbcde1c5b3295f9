#include "base/sound_frames.h"

#include <string.h>

enum { ID3_HEAD = 10, MP3_HEAD = 4, AAC_HEAD = 7 };

// Layer III with a bit rate and a pace that there are.
size_t sound_frame_mp3(const unsigned char *at, size_t left) {
  static const unsigned short rates[2][15] = {
      {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
      {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}};
  static const unsigned paces[3] = {44100, 48000, 32000};
  if (left < MP3_HEAD || at[0] != 0xff || (at[1] & 0xe6) != 0xe2) return 0;
  unsigned version = at[1] >> 3 & 3;  // 3: MPEG-1; 2: MPEG-2; 0: MPEG-2.5
  unsigned rate = at[2] >> 4, pace = at[2] >> 2 & 3;
  if (version == 1 || rate % 15 == 0 || pace == 3) return 0;
  bool slow = version != 3;
  unsigned per_second = paces[pace] >> (version == 0 ? 2 : slow);
  return (slow ? 72u : 144u) * rates[slow][rate] * 1000 / per_second + (at[2] >> 1 & 1);
}

size_t sound_frame_aac(const unsigned char *at, size_t left) {
  if (left < AAC_HEAD || at[0] != 0xff || (at[1] & 0xf6) != 0xf0) return 0;
  size_t size = (size_t)(at[3] & 3) << 11 | (size_t)at[4] << 3 | at[5] >> 5;
  return (at[2] >> 2 & 15) < 13 && size >= AAC_HEAD ? size : 0;
}

// Bytes of the ID3v2 tag that stands here whole; 0: none does.
static size_t id3_size(const unsigned char *at, size_t left) {
  if (left < ID3_HEAD || memcmp(at, "ID3", 3) != 0) return 0;
  if ((at[6] | at[7] | at[8] | at[9]) & 0x80) return 0;
  size_t size = (size_t)at[6] << 21 | (size_t)at[7] << 14 | (size_t)at[8] << 7 | at[9];
  size += at[5] & 0x10 ? 2 * ID3_HEAD : ID3_HEAD;  // the flag: a foot like its head
  return size <= left ? size : 0;
}

static size_t skip_size(const unsigned char *at, size_t left) {
  size_t tag = id3_size(at, left);
  return tag ? tag : left && !*at ? 1 : 0;
}

bool sound_frames_begin(sound_frame *frame, const unsigned char *at, size_t len) {
  size_t i = 0;
  for (size_t skip; (skip = skip_size(at + i, len - i));) i += skip;
  size_t size = frame(at + i, len - i);
  return size && size <= len - i;
}

// After bytes that are no sound a head may be chance: then another one must follow.
static bool is_followed(sound_frame *frame, const unsigned char *at, size_t left,
                        size_t size) {
  return size == left || frame(at + size, left - size);
}

void sound_frames_keep(sound_frame *frame, const unsigned char *at, size_t len,
                       struct buf *out) {
  bool sure = true;  // all before this was frames, or a tag that says its length
  for (size_t i = 0; i < len;) {
    size_t left = len - i, skip = skip_size(at + i, left), size = frame(at + i, left);
    if (size && size <= left && (sure || is_followed(frame, at + i, left, size))) {
      buf_put(out, at + i, size);
      i += size;
      sure = true;
    } else {
      sure = skip > 1 || (skip && sure);
      i += skip ? skip : 1;
    }
  }
}
