// Words said in passing, to a voice robot or in a reply: feedback when a triage takes
// them for it, as a dispute (WARD 5), and nobody's work otherwise.
#pragma once

#include "care/care.h"

struct overheard {
  int64_t patient, at;
  const char *channel;  // "robot" or "reply"
  const char *text;
};
void overheard(struct care *care, const struct overheard *words);
bool overheard_is(const char *channel);  // is it feedback that somebody else reads anyway
