// Sound in frames, one behind the other, with whatever else may stand between them: MP3
// and AAC. A frame says how long it is; a tag (title, place, name) is no frame.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

// Bytes of the frame whose head is here, by what it says; 0: no head is here.
typedef size_t sound_frame(const unsigned char *at, size_t left);
sound_frame sound_frame_mp3, sound_frame_aac;

// Whether, behind tags and padding, a whole frame stands there.
bool sound_frames_begin(sound_frame *frame, const unsigned char *at, size_t len);
// Appends the whole frames and nothing else.
void sound_frames_keep(sound_frame *frame, const unsigned char *at, size_t len,
                       struct buf *out);
