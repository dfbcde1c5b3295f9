// What may come as a form with files: the first line is the Content-Type, the rest the
// body. Its files are taken for photos, or for what they look like, and their names are
// made fit to be seen.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/media.h"
#include "base/mem.h"
#include "base/picture.h"
#include "base/utf8.h"
#include "io/http_multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ORIENTATION_BYTES = 36 };  // what a cleaned picture may have more than before

static void try_picture(const char *bytes, size_t len) {
  struct buf out = {0}, again = {0};
  enum picture_kind kind = picture_kind(bytes, len);
  bool whole = picture_clean(kind, bytes, len, &out);
  assert(whole || !out.len);
  if (whole && kind != PICTURE_HEIC) {  // of that only so many blocks are looked at
    assert(out.len <= len + ORIENTATION_BYTES);
    assert(picture_kind(out.data, out.len) == kind);
    assert(picture_clean(kind, out.data, out.len, &again));
    assert(again.len == out.len && !memcmp(again.data, out.data, out.len));
  }
  buf_deinit(&out);
  buf_deinit(&again);
}

static void try_voice(const char *bytes, size_t len) {
  struct buf out = {0}, again = {0};
  const struct media *media = media_of(bytes, len);
  if (media && media->voice && media_clean(media, bytes, len, &out)) {
    assert(out.len <= len + 1 && media_of(out.data, out.len) == media);
    assert(media_clean(media, out.data, out.len, &again));
    assert(again.len == out.len && !memcmp(again.data, out.data, out.len));
  }
  buf_deinit(&out);
  buf_deinit(&again);
}

static void try_name(const char *given) {
  struct buf out = {0};
  media_name(media_of_word("jpeg"), given, &out);
  const char *name = buf_text(&out), *dot = strchr(name, '.');
  assert(utf8_valid(name, out.len) && !strpbrk(name, "/\\\r\n\x1b"));
  assert(!out.len || (dot && dot != name && !strcmp(dot, ".jpg")));
  buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct http_form form;
  struct http_files files;
  struct status status = {0};
  const char *line = memchr(data, '\n', size), *text = (const char *)data;
  size_t first = line ? (size_t)(line - text) : 0, at = line ? first + 1 : 0;
  char *type = mem_copy_bytes(text, first);
  char *body = mem_copy_bytes(text + at, size - at);
  if (http_multipart_parse(&form, &files, type, body, size - at, &status) == OK) {
    for (size_t i = 0; i < form.count; i++)
      assert(strlen(form.fields[i].name) > 0 && strlen(form.fields[i].value) <= size);
    for (size_t i = 0; i < files.count; i++) {
      assert(files.items[i].bytes >= body);
      assert(files.items[i].bytes + files.items[i].len <= body + size - at);
      try_picture(files.items[i].bytes, files.items[i].len);
      try_voice(files.items[i].bytes, files.items[i].len);
      try_name(files.items[i].file);
    }
  } else {
    assert(!form.count && !files.count && status.text[0]);
  }
  http_form_deinit(&form);
  mem_free(type);
  mem_free(body);
  try_picture(text, size);
  try_voice(text, size);
  return 0;
}
