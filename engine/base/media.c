#include "base/media.h"

#include <string.h>

#include "base/picture.h"
#include "base/sound.h"
#include "base/utf8.h"

enum { NAME_MOST = 80, PICTURES = PICTURE_HEIC + 1 };

static const struct media sounds[] = {[SOUND_M4A] = {"m4a", "audio/mp4", "m4a", true},
                                      [SOUND_AMR] = {"amr", "audio/amr", "amr", true},
                                      [SOUND_MP3] = {"mp3", "audio/mpeg", "mp3", true},
                                      [SOUND_AAC] = {"aac", "audio/aac", "aac", true},
                                      [SOUND_OGG] = {"ogg", "audio/ogg", "ogg", true},
                                      [SOUND_WEBM] = {"webm", "audio/webm", "webm", true},
                                      [SOUND_WAV] = {"wav", "audio/wav", "wav", true}};
enum { SOUNDS = sizeof sounds / sizeof *sounds };

static const struct media pictures[PICTURES] = {
    [PICTURE_JPEG] = {"jpeg", "image/jpeg", "jpg", false},
    [PICTURE_PNG] = {"png", "image/png", "png", false},
    [PICTURE_WEBP] = {"webp", "image/webp", "webp", false},
    [PICTURE_HEIC] = {"heic", "image/heic", "heic", false}};

const struct media *media_of(const void *bytes, size_t len) {
  enum picture_kind picture = picture_kind(bytes, len);
  if (picture) return &pictures[picture];
  enum sound_kind sound = sound_kind(bytes, len);
  return sound ? &sounds[sound] : NULL;
}

const struct media *media_of_word(const char *word) {
  for (int i = 1; i < PICTURES; i++)
    if (!strcmp(pictures[i].word, word)) return &pictures[i];
  for (int i = 1; i < SOUNDS; i++)
    if (!strcmp(sounds[i].word, word)) return &sounds[i];
  return NULL;
}

bool media_clean(const struct media *media, const void *bytes, size_t len,
                 struct buf *out) {
  if (media->voice)
    return sound_clean((enum sound_kind)(media - sounds), bytes, len, out);
  return picture_clean((enum picture_kind)(media - pictures), bytes, len, out);
}

// What a name must not hold: it would act, or look like what it isn't.
static bool is_shown(uint32_t code) {
  if (code < 128) return code >= ' ' && code != 0x7f && !strchr("<>:\"|?*", (int)code);
  return code > 0x9f && code != 0xfeff && !(code >= 0x200b && code <= 0x200f) &&
         !(code >= 0x2028 && code <= 0x202e) && !(code >= 0x2060 && code <= 0x206f);
}

static const char *last_part(const char *given) {
  for (const char *at = given; *at; at++)
    if (*at == '/' || *at == '\\') given = at + 1;
  return given + strspn(given, ". ");
}

void media_name(const struct media *media, const char *given, struct buf *out) {
  const char *at = last_part(given);
  size_t left = strcspn(at, "."), begun = out->len;
  while (left && out->len - begun < NAME_MOST) {
    size_t took = utf8_char(at, left);
    if (took && is_shown(utf8_code(at, took))) buf_put(out, at, took);
    at += took ? took : 1;
    left -= took ? took : 1;
  }
  if (out->len > begun) buf_printf(out, ".%s", media->suffix);
}
