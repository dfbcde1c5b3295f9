// Voices as phones record them: told apart by their bytes, and freed of notes about where
// and by what they were taken.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum sound_kind {
  SOUND_NONE,
  SOUND_M4A,  // also 3gp: sound in boxes
  SOUND_AMR,
  SOUND_MP3,
  SOUND_AAC,
  SOUND_OGG,
  SOUND_WEBM,
  SOUND_WAV
};

// A film is no voice: SOUND_NONE.
enum sound_kind sound_kind(const void *bytes, size_t len);
// Appends it without its notes (title, place, name, device, picture): in boxes they are
// blotted out; of MP3, AAC and WAV only what sounds is kept. AMR has none; those of OGG
// and WebM stay. False, with nothing appended, when the bytes are not what they begin as.
bool sound_clean(enum sound_kind kind, const void *bytes, size_t len, struct buf *out);
