// HL7 from outside: frames are the same whatever the pieces they come in, every path of a
// message can be read, and what is answered is a message again that names the sender's
// id.
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ack.h"
#include "mllp.h"
#include "path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4096 };

static void read_frames(const char *bytes, size_t size, size_t piece, struct text *out) {
  struct mllp mllp = {.most = MOST};
  enum mllp_step step = MLLP_MORE;
  for (size_t at = 0; at < size && step != MLLP_TOO_LONG; at += piece) {
    struct slice rest = {bytes + at, size - at < piece ? size - at : piece};
    while ((step = mllp_feed(&mllp, &rest)) == MLLP_FRAME) {
      assert(mllp.frame.len <= MOST + 2);
      text_put(out, mllp.frame.data, mllp.frame.len);
      text_puts(out, "\n--\n");
    }
  }
  mllp_free(&mllp);
}

static void try_frames(const char *bytes, size_t size) {
  struct text whole = {0}, pieces = {0};
  read_frames(bytes, size, size ? size : 1, &whole);
  read_frames(bytes, size, 3, &pieces);
  // A frame that is too long ends all; how much of what came with it is read may differ.
  if (size < MOST) assert(whole.len == pieces.len);
  if (size < MOST && whole.len) assert(!memcmp(whole.data, pieces.data, whole.len));
  text_free(&whole);
  text_free(&pieces);
}

static const struct aw_node *no_field(const struct aw_node *node, const char *name) {
  (void)node, (void)name;
  return NULL;
}

static const char *no_word(const struct aw_node *node) {
  (void)node;
  return "";
}

static void try_paths(const struct message *message) {
  static const char *const paths[] = {
      "MSH-1",        "MSH-2",      "MSH-9.2",         "PID-3[MR,PI].1",
      "PID-5|name",   "PID-7|date", "PID-13[*]|phone", "PV1-3.1.1",
      "OBX-5|number", "EVN-2|time", "PID-8|sex",       "NK1-40[*].12",
      "OBX-5|said",   "OBX-7|low",  "OBX-5[*].2|short"};
  struct aw_host host = {.field = no_field, .word = no_word};
  struct place place = {.host = &host, .message = message};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct path path;
    struct text word = {0}, json = {0};
    assert(path_read(paths[i], &path));
    for (int n = 0; n < 50 && path_put(&place, &path, n, &word); n++) continue;
    text_put_json(&json, text_slice(&word));
    assert(json.len >= 2 && json.data[json.len - 1] == '"');
    text_free(&word);
    text_free(&json);
  }
}

static void try_ack(const struct message *message) {
  struct text out = {0};
  struct message again;
  struct ack ack = {ACK_ERROR, 101, "what | is ^ wrong", "A1", "20260302"};
  ack_put(message, true, &ack, &out);
  assert(!message_read(&again, text_slice(&out)) && again.count >= 2);
  assert(segment_is(&again, 1, "MSA"));
  struct slice id = segment_field(&again, 1, 2), asked = message_header(message, 10);
  assert(id.len == asked.len && (!id.len || !memcmp(id.at, asked.at, id.len)));
  message_free(&again);
  text_free(&out);
}

static void try_messages(struct slice text) {
  struct slice rest = text, one;
  while (message_next(&rest, &one)) {
    struct message message;
    if (message_read(&message, one)) continue;
    try_paths(&message);
    if (!memchr(one.at, '\n', one.len)) try_ack(&message);
    message_free(&message);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct slice bytes = {(const char *)data, size};
  if (size > 4 * MOST) return 0;
  try_frames(bytes.at, size);
  for (int i = ENCODING_AUTO; i <= ENCODING_GB18030; i++) {
    struct text utf8 = {0};
    if (encoding_read(bytes, encoding_of(bytes, (enum encoding)i), &utf8))
      try_messages(text_slice(&utf8));
    text_free(&utf8);
  }
  return 0;
}
