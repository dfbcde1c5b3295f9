// The rising edge of a watch on readings: when it fires, and when it may fire again. Kept
// with the subject's state, so that neither a restart nor new scripts forget it.
#pragma once

#include "care/facts.h"

struct edge {
  struct subject subject;  // whose; its event is the reading that has come
  const char *watch;       // its id
  const char *rearm;       // span after which it fires again while it holds; NULL: never
};

// Its condition holds: whether it fires now. Never twice for one reading, however often
// that comes or is corrected.
bool edge_rises(const struct edge *edge);
void edge_falls(const struct edge *edge);  // it may fire again
