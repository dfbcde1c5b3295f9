#define _GNU_SOURCE  // memmem
#include "base/sound.h"

#include <string.h>

#include "base/sound_chunks.h"
#include "base/sound_frames.h"

enum { LOOKED_AT = 64 * 1024, DEEPEST = 4, BOX_HEAD = 8 };

static size_t big32(const unsigned char *at) {
  return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

static bool says(const unsigned char *at, size_t len, const char *word) {
  return memmem(at, len < LOOKED_AT ? len : LOOKED_AT, word, strlen(word)) != NULL;
}

static bool is(const unsigned char *at, const char *name) { return !memcmp(at, name, 4); }

// --- boxes: size, name, and what is in it

struct boxes {
  bool voice, film;
  bool blot;  // notes are overwritten, and named as room that is free
};

static bool is_folder(const unsigned char *name) {
  return is(name, "moov") || is(name, "trak") || is(name, "mdia");
}

static bool is_note(const unsigned char *name) {
  return is(name, "udta") || is(name, "meta") || is(name, "uuid");
}

// 0: no box begins here that ends before the others do.
static size_t box_size(const unsigned char *at, size_t left) {
  size_t size = left >= BOX_HEAD ? big32(at) : 0;
  if (left >= BOX_HEAD && !size) size = left;  // to the end
  if (size == 1 && left >= 16 && !big32(at + 8)) size = big32(at + 12);
  return size >= BOX_HEAD && size <= left ? size : 0;
}

static void look_at_box(struct boxes *boxes, unsigned char *at, size_t size) {
  if (is(at + 4, "hdlr") && size >= 20) {
    boxes->voice |= is(at + 16, "soun");
    boxes->film |= is(at + 16, "vide");
  }
  if (!boxes->blot || !is_note(at + 4)) return;
  memcpy(at + 4, "free", 4);
  memset(at + BOX_HEAD, 0, size - BOX_HEAD);
}

static bool walk(struct boxes *boxes, unsigned char *at, size_t len, int deep) {
  for (size_t i = 0; i < len;) {
    size_t size = box_size(at + i, len - i);
    if (!size) return false;
    bool folder = is_folder(at + i + 4) && deep < DEEPEST;
    if (folder && !walk(boxes, at + i + BOX_HEAD, size - BOX_HEAD, deep + 1))
      return false;
    look_at_box(boxes, at + i, size);
    i += size;
  }
  return true;
}

// The walk writes only where it blots.
static bool is_voice_in_boxes(const unsigned char *at, size_t len) {
  struct boxes boxes = {0};
  if (len < 12 || !is(at + 4, "ftyp")) return false;
  return walk(&boxes, (unsigned char *)(size_t)at, len, 0) && boxes.voice && !boxes.film;
}

// --- the others

static bool is_ogg(const unsigned char *at, size_t len) {
  size_t head = len < 256 ? len : 256;
  return len >= 28 && is(at, "OggS") &&
         (says(at, head, "OpusHead") || says(at, head, "\1vorbis") ||
          says(at, head, "Speex   "));
}

static bool is_webm(const unsigned char *at, size_t len) {
  static const unsigned char mark[4] = {0x1a, 0x45, 0xdf, 0xa3};
  if (len < 32 || memcmp(at, mark, 4) != 0 || !says(at, 64 < len ? 64 : len, "webm"))
    return false;
  return says(at, len, "A_OPUS") && !says(at, len, "V_VP") && !says(at, len, "V_AV1") &&
         !says(at, len, "V_MPEG");
}

enum sound_kind sound_kind(const void *bytes, size_t len) {
  const unsigned char *at = bytes;
  if (len >= 6 && !memcmp(at, "#!AMR", 5)) return SOUND_AMR;
  if (len >= 12 && is(at, "RIFF") && is(at + 8, "WAVE")) return SOUND_WAV;
  if (is_ogg(at, len)) return SOUND_OGG;
  if (is_webm(at, len)) return SOUND_WEBM;
  if (sound_frames_begin(sound_frame_mp3, at, len)) return SOUND_MP3;
  if (sound_frames_begin(sound_frame_aac, at, len)) return SOUND_AAC;
  return is_voice_in_boxes(at, len) ? SOUND_M4A : SOUND_NONE;
}

static void keep_boxes(const void *bytes, size_t len, struct buf *out) {
  struct boxes boxes = {.blot = true};
  buf_put(out, bytes, len);
  walk(&boxes, (unsigned char *)out->data + out->len - len, len, 0);
}

bool sound_clean(enum sound_kind kind, const void *bytes, size_t len, struct buf *out) {
  if (!len || sound_kind(bytes, len) != kind) return false;
  switch (kind) {
    case SOUND_M4A: keep_boxes(bytes, len, out); break;
    case SOUND_MP3: sound_frames_keep(sound_frame_mp3, bytes, len, out); break;
    case SOUND_AAC: sound_frames_keep(sound_frame_aac, bytes, len, out); break;
    case SOUND_WAV: return sound_chunks_keep(bytes, len, out);
    default: buf_put(out, bytes, len);
  }
  return true;
}
