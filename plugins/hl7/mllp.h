// Frames of the minimal lower layer protocol: 0x0B message 0x1C 0x0D.
#pragma once

#include "text.h"

enum { MLLP_BEGIN = 0x0B, MLLP_END = 0x1C, MLLP_CLOSE = 0x0D };

struct mllp {  // zeros are a fresh one but for most
  struct text frame;
  bool inside;  // a frame has begun
  bool ended;   // its end was seen, its 0x0D not yet
  size_t most;  // bytes of a message
};

enum mllp_step { MLLP_MORE, MLLP_FRAME, MLLP_TOO_LONG };

// Takes bytes from the front, up to the end of a frame, which then stands in mllp->frame
// until the next call; bytes outside of frames are thrown away.
enum mllp_step mllp_feed(struct mllp *mllp, struct slice *bytes);
void mllp_put(struct text *out, struct slice message);  // a whole frame
void mllp_free(struct mllp *mllp);
