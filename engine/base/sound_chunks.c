#include "base/sound_chunks.h"

#include <stdint.h>
#include <string.h>

enum { RIFF_HEAD = 12, CHUNK_HEAD = 8 };

static size_t little32(const unsigned char *at) {
  return (size_t)at[3] << 24 | (size_t)at[2] << 16 | (size_t)at[1] << 8 | at[0];
}

static void put_little32(unsigned char *at, size_t number) {
  for (int i = 0; i < 4; i++) at[i] = (unsigned char)(number >> 8 * i);
}

static bool is(const unsigned char *at, const char *name) { return !memcmp(at, name, 4); }

// A recorder that was cut short has not written how much it recorded: it is the rest.
static size_t chunk_size(const unsigned char *at, size_t left) {
  size_t size = little32(at + 4), most = left - CHUNK_HEAD;
  if (size > most || (!size && is(at, "data"))) return most;
  return size;
}

static void put_chunk(const unsigned char *at, size_t size, struct buf *out) {
  unsigned char head[CHUNK_HEAD];
  memcpy(head, at, 4);
  put_little32(head + 4, size);
  buf_put(out, head, sizeof head);
  buf_put(out, at + CHUNK_HEAD, size);
  if (size % 2) buf_put(out, "", 1);
}

bool sound_chunks_keep(const unsigned char *at, size_t len, struct buf *out) {
  size_t begun = out->len;
  bool format = false, data = false;
  buf_put(out, at, RIFF_HEAD);
  for (size_t i = RIFF_HEAD; len - i >= CHUNK_HEAD;) {
    size_t size = chunk_size(at + i, len - i), whole = CHUNK_HEAD + size + size % 2;
    format |= is(at + i, "fmt ");
    data |= is(at + i, "data");
    if (is(at + i, "fmt ") || is(at + i, "fact") || is(at + i, "data"))
      put_chunk(at + i, size, out);
    i += whole < len - i ? whole : len - i;
  }
  if (format && data)
    put_little32((unsigned char *)out->data + begun + 4, out->len - begun - CHUNK_HEAD);
  else
    out->len = begun;
  return format && data;
}
