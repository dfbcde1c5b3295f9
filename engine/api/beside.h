// What takes long to count: a reader on another thread does, so that pages and due work
// don't wait for it; the call is answered when it is there.
#pragma once

#include "api/call.h"

struct beside {  // stands first in what is counted, which is on the heap
  struct pending *pending;
  // On another thread: may touch nothing but the reader and what is counted.
  void (*count)(void *self, struct store *reader);
  void (*answer)(void *self, struct call *call);  // on the loop; ends the call
  void (*free)(void *self);                       // afterwards, or when the api stops
  bool failed;
};

// Takes self, whose three functions are set, and the call's request. In memory, where
// there is no second reader, it is answered before this returns.
void beside_begin(void *self, struct call *call);
