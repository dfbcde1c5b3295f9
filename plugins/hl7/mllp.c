#include "mllp.h"

#include <string.h>

static size_t upto(struct slice bytes, int stop) {
  const char *at = memchr(bytes.at, stop, bytes.len);
  return at ? (size_t)(at - bytes.at) : bytes.len;
}

static void skip(struct slice *bytes, size_t count) {
  bytes->at += count;
  bytes->len -= count;
}

static void begin(struct mllp *mllp) {
  mllp->inside = true;
  mllp->ended = false;
  mllp->frame.len = 0;
}

// The end is 0x1C 0x0D; 0x1C and something else is content, as some send it in texts.
static enum mllp_step at_end(struct mllp *mllp, struct slice *bytes) {
  mllp->ended = false;
  if (*bytes->at != MLLP_CLOSE) {
    text_put(&mllp->frame, "\x1C", 1);
    return MLLP_MORE;
  }
  skip(bytes, 1);
  mllp->inside = false;
  return MLLP_FRAME;
}

static enum mllp_step take(struct mllp *mllp, struct slice *bytes) {
  size_t end = upto(*bytes, MLLP_END),
         again = upto((struct slice){bytes->at, end}, MLLP_BEGIN);
  if (again < end) {  // the last one never ended
    skip(bytes, again + 1);
    begin(mllp);
    return MLLP_MORE;
  }
  if (mllp->frame.len + end > mllp->most) return MLLP_TOO_LONG;
  text_put(&mllp->frame, bytes->at, end);
  mllp->ended = end < bytes->len;
  skip(bytes, end + mllp->ended);
  return MLLP_MORE;
}

enum mllp_step mllp_feed(struct mllp *mllp, struct slice *bytes) {
  enum mllp_step step = MLLP_MORE;
  while (bytes->len && step == MLLP_MORE) {
    if (!mllp->inside) {
      size_t junk = upto(*bytes, MLLP_BEGIN);
      bool found = junk < bytes->len;
      skip(bytes, junk + found);
      if (found) begin(mllp);
    } else {
      step = mllp->ended ? at_end(mllp, bytes) : take(mllp, bytes);
    }
  }
  return step;
}

void mllp_put(struct text *out, struct slice message) {
  text_put(out, "\x0B", 1);
  text_put(out, message.at, message.len);
  text_put(out, "\x1C\x0D", 2);
}

void mllp_free(struct mllp *mllp) { text_free(&mllp->frame); }
